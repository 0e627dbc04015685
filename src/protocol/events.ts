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
  replyTo: seq.nullable().optional(),
  fileIds: z.array(id).max(LIMITS.filesPerMessage, `At most ${LIMITS.filesPerMessage} files.`).optional(),
};

const headsSchema = z.record(id, cursor);

const syncRoomSchema = z.object({
  roomId: id,
  head: cursor,
  entries: z.array(entrySchema),
  /** ask again from the last entry held */
  more: z.boolean(),
  /** drop what you hold: the cursor is `head`, load the newest page after it */
  reset: z.boolean(),
  membership: membershipSchema,
  unread: z.int().min(0).max(LIMITS.unreadMax),
  mentions: z.int().min(0).max(LIMITS.unreadMax),
});

/** Client events: what each carries, and the `data` of its ack. */
export const clientEvents = {
  [CLIENT_EVENTS.messageSend]: {
    payload: z.strictObject({ roomId: id, clientId, ...newMessageFields }),
    data: entrySchema,
  },
  [CLIENT_EVENTS.sync]: {
    payload: z.strictObject({ heads: headsSchema }),
    data: z.object({ historyId: z.string(), rooms: z.array(syncRoomSchema), left: z.array(id) }),
  },
  [CLIENT_EVENTS.sessionRenew]: {
    payload: z.strictObject({ token: z.string() }),
    data: z.object({ expiresAt: moment }),
  },
} as const;

/** Server events: what each carries. */
export const serverEvents = {
  [SERVER_EVENTS.entries]: z.object({ roomId: id, entries: z.array(entrySchema).min(1) }),
  [SERVER_EVENTS.roomAdded]: z.object({ view: roomViewSchema }),
  [SERVER_EVENTS.roomRemoved]: z.object({ roomId: id }),
  [SERVER_EVENTS.roomChanged]: z.object({ room: roomSchema }),
  [SERVER_EVENTS.membershipChanged]: z.object({ membership: membershipSchema }),
  [SERVER_EVENTS.userChanged]: z.object({ user: userSchema }),
  [SERVER_EVENTS.heads]: z.object({ heads: headsSchema }),
  [SERVER_EVENTS.resync]: z.object({}),
  [SERVER_EVENTS.sessionEnded]: z.object({
    code: z.enum(SESSION_END_CODES),
    retryAfterMs: z.int().min(0).optional(),
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
