/** Shapes of the wire as tests need them. */
import type { Entry, JoinEntry, LeaveEntry, MessageEntry, RoomChanges } from "../../../src/protocol/entries.js";
import type { SyncRoom } from "../../../src/protocol/events.js";
import type { Me, Member, Membership, Room, RoomView, User } from "../../../src/protocol/shapes.js";

const MOMENT = "2026-11-21T05:30:27.123Z";
export const momentAt = (seq: number) => new Date(Date.parse(MOMENT) + seq * 1_000).toISOString();

/** A clientId that tells the number it was made from. */
export const clientIdOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

export const sampleUser = (id: string): User => ({
  id,
  username: id,
  displayName: id.toUpperCase(),
  avatarUrl: null,
  bot: false,
  createdAt: MOMENT,
});

export const sampleMe = (id: string): Me => ({ ...sampleUser(id), email: null, role: "member", preferences: {} });

export const sampleMembership = (roomId: string, userId: string, changes: Partial<Membership> = {}): Membership => ({
  roomId,
  userId,
  role: "member",
  joinedAt: MOMENT,
  readSeq: 1,
  notify: "all",
  ...changes,
});

export const sampleRoom = (id: string, head: number, changes: Partial<Room> = {}): Room => ({
  id,
  kind: "public",
  name: id,
  topic: "",
  createdBy: "ada",
  createdAt: MOMENT,
  head,
  memberCount: 2,
  archivedAt: null,
  ...changes,
});

export const sampleView = (id: string, head: number, changes: Partial<RoomView> = {}): RoomView => ({
  room: sampleRoom(id, head),
  membership: sampleMembership(id, "ada"),
  unread: 0,
  mentions: 0,
  peers: [],
  ...changes,
});

export const sampleMember = (roomId: string, userId: string): Member => ({
  user: sampleUser(userId),
  membership: sampleMembership(roomId, userId),
  presence: { userId, status: "online", lastSeenAt: null },
});

const base = (roomId: string, seq: number, senderId: string) => ({
  roomId,
  seq,
  sentAt: momentAt(seq),
  senderId,
  clientId: clientIdOf(seq),
});

export const message = (
  roomId: string,
  seq: number,
  senderId = "grace",
  changes: Partial<MessageEntry> = {},
): MessageEntry => ({
  ...base(roomId, seq, senderId),
  kind: "message",
  text: `text ${seq}`,
  replyTo: null,
  files: [],
  mentions: [],
  editedAt: null,
  deletedAt: null,
  reactions: [],
  pinned: false,
  changedSeq: null,
  ...changes,
});

export const joining = (roomId: string, seq: number, userId: string): JoinEntry => ({
  ...base(roomId, seq, userId),
  kind: "join",
  userId,
});

export const leaving = (roomId: string, seq: number, userId: string): LeaveEntry => ({
  ...base(roomId, seq, userId),
  kind: "leave",
  userId,
});

export const roomChange = (roomId: string, seq: number, changes: RoomChanges): Entry => ({
  ...base(roomId, seq, "grace"),
  kind: "room",
  changes,
});

export const roleChange = (roomId: string, seq: number, userId: string): Entry => ({
  ...base(roomId, seq, "grace"),
  kind: "role",
  userId,
  role: "moderator",
});

/** Messages from one seq to another, both inclusive. */
export const messages = (roomId: string, from: number, to: number): MessageEntry[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_none, index) => message(roomId, from + index));

export const syncRoom = (
  roomId: string,
  head: number,
  entries: Entry[],
  changes: Partial<SyncRoom> = {},
): SyncRoom => ({
  roomId,
  head,
  entries,
  more: false,
  reset: false,
  membership: sampleMembership(roomId, "ada"),
  unread: 0,
  mentions: 0,
  ...changes,
});
