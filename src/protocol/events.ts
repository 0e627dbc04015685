/** Socket.IO: what clients send and are answered, and what the server sends. */
import { z } from "zod";
import { entrySchema } from "./entries.js";
import { ERRORS, type ErrorCode } from "./errors.js";
import { CLIENT_EVENTS, SERVER_EVENTS, SESSION_END_CODES } from "./event-names.js";
import { LIMITS } from "./limits.js";
import { clientId, cursor, id, messageText, moment, seq } from "./scalars.js";
import { membershipSchema, roomSchema, roomViewSchema, userSchema } from "./shapes.js";

/** The fields of a new message, as socket and REST share them. */
export const newMessageFields = {
  text: messageText,
  replyTo: seq.nullable().optional().describe("Seq of the message that this one answers."),
  fileIds: z
    .array(id)
    .max(LIMITS.filesPerMessage, `At most ${LIMITS.filesPerMessage} files.`)
    .optional()
    .describe("The sender's own uploads."),
};

const headsSchema = z.record(id, cursor).describe("By room id: the last position, 0 for none.");

const syncRoomSchema = z
  .object({
    roomId: id,
    head: cursor,
    entries: z
      .array(entrySchema)
      .describe("Ascending, from one past what was given; empty when the rest must be asked for."),
    more: z.boolean().describe("Ask again from the last entry held."),
    reset: z.boolean().describe("Drop what you hold: the cursor is `head`, load the newest page after it."),
    membership: membershipSchema,
    unread: z.int().min(0).max(LIMITS.unreadMax),
    mentions: z.int().min(0).max(LIMITS.unreadMax),
  })
  .describe("What one missed of a room.");

/** What any event may be refused with, beside its own `errors`. */
export const COMMON_EVENT_ERRORS = [
  "invalid_request",
  "rate_limited",
  "unavailable",
  "internal",
] as const satisfies ErrorCode[];

interface ClientEventShape {
  summary: string;
  /** what the summary leaves out: Markdown, for the API's documents */
  description: string;
  payload: z.ZodType;
  data: z.ZodType;
  errors: readonly ErrorCode[];
}

/** Client events: what each carries, the `data` of its ack, and what it may be refused with. */
export const clientEvents = {
  [CLIENT_EVENTS.messageSend]: {
    summary: "Send a message",
    description:
      "The ack comes when the message is stored for good [L3], and so does the `entries` push, to the sender too. Under one `clientId` a message is written once, over whichever transport it arrives: repeat with the same one when no answer came, and get the first entry [L4] [L7].",
    errors: ["forbidden", "not_found", "conflict", "client_id_reused"],
    payload: z.strictObject({ roomId: id, clientId, ...newMessageFields }),
    data: entrySchema,
  },
  [CLIENT_EVENTS.sync]: {
    summary: "Ask for what was missed",
    description: `Answers for every room of the caller that has moved past what was given; a room not named counts as 0. One answer holds at most ${LIMITS.syncEntriesMax} entries and ${LIMITS.syncBytes / 1024} KiB over all rooms; the rest come with \`entries: []\` and \`more\`: ask again from the last one held. \`reset\` comes for a room over ${LIMITS.syncBehindMax} behind, not named and over ${LIMITS.syncUnnamedMax} long, or ahead of the log. \`left\` are rooms named that the caller is not in. [S1]`,
    errors: [],
    payload: z.strictObject({ heads: headsSchema }),
    data: z.object({ historyId: z.string(), rooms: z.array(syncRoomSchema), left: z.array(id) }),
  },
  [CLIENT_EVENTS.sessionRenew]: {
    summary: "Keep the connection past its token",
    description:
      "Takes a newer access token of the same user and session (`POST /auth/refresh` gives one). Without it the socket is ended when its token runs out.",
    errors: ["unauthenticated", "token_expired", "forbidden"],
    payload: z.strictObject({ token: z.string() }),
    data: z.object({ expiresAt: moment }),
  },
} as const satisfies Record<string, ClientEventShape>;

/** Server events: what each carries. `title` and `description` are for the API's documents. */
export const serverEvents = {
  [SERVER_EVENTS.entries]: z.object({ roomId: id, entries: z.array(entrySchema).min(1) }).meta({
    title: "What is new in a room",
    description:
      "To every socket of every member, the sender's own too. Ascending and contiguous, and only what is stored for good [L3]. A push is a hint, the log is the truth: apply only `seq == last + 1`, keep later ones for a moment, ask `sync` for a hole, ignore what you have. [S3]",
  }),
  [SERVER_EVENTS.roomAdded]: z.object({ view: roomViewSchema }).meta({
    title: "One is in a room from now on",
    description:
      "To every socket of that user, once the socket is subscribed: nothing falls between. The cursor is `membership.readSeq - 1`; the entries from one's own `join` on follow. [S2]",
  }),
  [SERVER_EVENTS.roomRemoved]: z.object({ roomId: id }).meta({
    title: "One is out of a room",
    description: "To every socket of that user, after the `leave` entry; nothing more of the room follows. [S2] [L6]",
  }),
  [SERVER_EVENTS.roomChanged]: z
    .object({ room: roomSchema })
    .meta({ title: "A room's description changed", description: "To its members, after a `room` entry." }),
  [SERVER_EVENTS.membershipChanged]: z.object({ membership: membershipSchema }).meta({
    title: "One's own place in a room changed",
    description: "To one's own sockets: role, read position, notifications.",
  }),
  [SERVER_EVENTS.userChanged]: z
    .object({ user: userSchema })
    .meta({ title: "Somebody's profile changed", description: "To users who share a room with them." }),
  [SERVER_EVENTS.heads]: z.object({ heads: headsSchema }).meta({
    title: "Where rooms stand",
    description:
      "Every 15 s the rooms that moved since this socket's last `heads` or its `sync`, so that a lost last push is noticed: ask `sync` for what you lack. [S3]",
  }),
  [SERVER_EVENTS.resync]: z.object({}).meta({
    title: "Pushes were skipped",
    description: "To a socket that was too slow: call `sync` with all heads. [S1]",
  }),
  [SERVER_EVENTS.sessionEnded]: z
    .object({
      code: z.enum(SESSION_END_CODES),
      retryAfterMs: z.int().min(0).optional(),
    })
    .meta({
      title: "The last word before the server ends the socket",
      description:
        "After `revoked` and `too_many` a client does not come back by itself; after `token_expired` with a new token; after `rate_limited` and `draining` once `retryAfterMs` is over.",
    }),
} as const;

/** The handshake's `auth`. */
export const handshakeSchema = z.object({ token: z.string() });

export const ackErrorSchema = z.object({
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  retryAfterMs: z.int().min(0).optional(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

export type ClientEvent = keyof typeof clientEvents;
export type ServerEvent = keyof typeof serverEvents;
/** What a client puts in. */
export type PayloadInput<E extends ClientEvent> = z.input<(typeof clientEvents)[E]["payload"]>;
/** What the server acts on, after parsing. */
export type Payload<E extends ClientEvent> = z.output<(typeof clientEvents)[E]["payload"]>;
export type AckData<E extends ClientEvent> = z.infer<(typeof clientEvents)[E]["data"]>;
export type PushData<E extends ServerEvent> = z.infer<(typeof serverEvents)[E]>;
export type AckError = z.infer<typeof ackErrorSchema>;
export type Ack<T> = { ok: true; data: T } | { ok: false; error: AckError };
export type SyncAnswer = AckData<"sync">;
export type SyncRoom = SyncAnswer["rooms"][number];

/** Socket.IO's own typing of the two directions. */
export type ClientToServer = {
  [E in ClientEvent]: (payload: PayloadInput<E>, ack: (answer: Ack<AckData<E>>) => void) => void;
};
export type ServerToClient = { [E in ServerEvent]: (data: PushData<E>) => void };
