/** Wire shapes with everything filled in, for tests and the gallery: name only what matters. */
import type { Entry, MessageEntry } from "../../src/protocol/entries.js";
import type { Me, Member, Membership, Room, RoomView, User } from "../../src/protocol/shapes.js";
import type { Pending, RoomState, Row } from "../sdk/types.js";

const LONG_AGO = "2026-01-05T08:00:00.000Z";

export const user = (id: string, displayName: string, patch: Partial<User> = {}): User => ({
  id,
  username: displayName.toLowerCase().replaceAll(" ", "."),
  displayName,
  avatarUrl: null,
  bot: false,
  createdAt: LONG_AGO,
  ...patch,
});

export const me = (patch: Partial<Me> = {}): Me => ({
  ...user("mara", "Mara Velde"),
  username: "mara",
  email: null,
  role: "member",
  preferences: {},
  ...patch,
});

export const membership = (roomId: string, patch: Partial<Membership> = {}): Membership => ({
  roomId,
  userId: "mara",
  role: "member",
  joinedAt: LONG_AGO,
  readSeq: 0,
  notify: "all",
  ...patch,
});

export const view = ({
  unread = 0,
  role = "owner",
  ...room
}: Partial<Room> & { id: string; unread?: number; role?: Membership["role"] }): RoomView => ({
  room: {
    kind: "public",
    name: room.id,
    topic: "",
    createdBy: "mara",
    createdAt: LONG_AGO,
    head: 0,
    memberCount: 1,
    archivedAt: null,
    ...room,
  },
  membership: membership(room.id, { role }),
  unread,
  mentions: 0,
  peers: [],
});

export const roomState = (
  of: Parameters<typeof view>[0],
  rows: readonly Row[] = [],
  patch: Partial<RoomState> = {},
): RoomState => ({
  view: view(of),
  rows,
  newest: "ready",
  older: "start",
  newer: "end",
  members: null,
  ...patch,
});

export const message = (seq: number, senderId: string, text: string, patch: Partial<MessageEntry> = {}): Row => ({
  kind: "entry",
  key: `client-${seq}`,
  entry: {
    kind: "message",
    roomId: "harbour-works",
    seq,
    sentAt: LONG_AGO,
    senderId,
    clientId: `client-${seq}`,
    text,
    replyTo: null,
    files: [],
    mentions: [],
    editedAt: null,
    deletedAt: null,
    reactions: [],
    pinned: false,
    changedSeq: null,
    ...patch,
  },
});

type Line = Extract<Entry, { kind: "join" | "leave" | "room" }>;
type LineParts = Line extends infer One ? (One extends Line ? Omit<One, "roomId" | "clientId"> : never) : never;

/** A join, leave or room entry. */
export const line = (parts: LineParts): Row => ({
  kind: "entry",
  key: `client-${parts.seq}`,
  entry: { ...parts, roomId: "harbour-works", clientId: `client-${parts.seq}` },
});

export const pendingRow = (clientId: string, text: string, status: Pending["status"], writtenAt = Date.now()): Row => ({
  kind: "pending",
  key: clientId,
  pending: { clientId, text, replyTo: null, writtenAt, status },
});

export const member = (
  of: User,
  role: Membership["role"],
  status: Member["presence"]["status"],
  lastSeenAt: string | null = null,
): Member => ({
  user: of,
  membership: membership("harbour-works", { userId: of.id, role }),
  presence: { userId: of.id, status, lastSeenAt },
});
