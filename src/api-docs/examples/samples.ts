/** The people, the room and the entries that all examples are about. */
import type { JoinEntry, MessageEntry } from "../../protocol/entries.js";
import type { Me, Membership, Room, RoomView, User } from "../../protocol/shapes.js";

export const ines: User = {
  id: "6920a1f27c1e4b0d2f8a3c01",
  username: "ines",
  displayName: "Ines Okafor",
  avatarUrl: null,
  bot: false,
  createdAt: "2026-11-20T08:15:02.410Z",
};

export const ravi: User = {
  id: "6920a2077c1e4b0d2f8a3c07",
  username: "ravi",
  displayName: "Ravi Menon",
  avatarUrl: null,
  bot: false,
  createdAt: "2026-11-20T08:41:37.008Z",
};

export const me: Me = {
  ...ines,
  email: "ines@harbour.example",
  role: "member",
  preferences: { theme: "dark" },
};

export const room: Room = {
  id: "6920a2417c1e4b0d2f8a3c10",
  kind: "public",
  name: "harbour-works",
  topic: "Cranes, tides and who has the keys",
  createdBy: ines.id,
  createdAt: "2026-11-20T08:44:10.655Z",
  head: 43,
  memberCount: 2,
  archivedAt: null,
};

export const membership: Membership = {
  roomId: room.id,
  userId: ines.id,
  role: "owner",
  joinedAt: "2026-11-20T08:44:10.655Z",
  readSeq: 41,
  notify: "all",
};

export const raviInRoom: Membership = {
  roomId: room.id,
  userId: ravi.id,
  role: "member",
  joinedAt: "2026-11-20T08:46:29.300Z",
  readSeq: 43,
  notify: "mentions",
};

export const view: RoomView = { room, membership, unread: 2, mentions: 0, peers: [] };

export const join: JoinEntry = {
  roomId: room.id,
  seq: 2,
  sentAt: "2026-11-20T08:46:29.300Z",
  senderId: ravi.id,
  clientId: "5a0c8c5e-2f0e-4d53-9a35-0f6f0a6f2b71",
  kind: "join",
  userId: ravi.id,
};

export const message: MessageEntry = {
  roomId: room.id,
  seq: 43,
  sentAt: "2026-11-21T05:30:27.123Z",
  senderId: ravi.id,
  clientId: "0b6c5f9e-6a0d-4c86-8e0b-7c1f3c2f9d10",
  kind: "message",
  text: "High water moves to **06:40** on Sunday.",
  replyTo: null,
  files: [],
  mentions: [],
  editedAt: null,
  deletedAt: null,
  reactions: [],
  pinned: false,
  changedSeq: null,
};

/** What the sender of the example requests is answered. */
export const sent: MessageEntry = {
  ...message,
  seq: 44,
  sentAt: "2026-11-21T05:31:02.904Z",
  senderId: ines.id,
  clientId: "7d1a2f7c-94a3-4a5e-9a59-5d7e2a1f6c33",
  text: "Thanks! The second crew starts early then.",
  replyTo: 43,
};

/** Not a token: only the form of one. */
export const accessToken =
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI2OTIwYTFmMjdjMWU0YjBkMmY4YTNjMDEifQ.c2lnbmF0dXJl";
export const historyId = "9f2c6d1e-0b34-4a5f-8c1d-2e7a90b4d6f8";
