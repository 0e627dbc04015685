/** The collection `messages`: one document an entry, its place in the room being its `_id` [G2]. */
import { Schema, type Connection, type Model } from "mongoose";
import type { Entry, RoomChanges } from "../protocol/entries.js";
import { TIMELINE_KINDS } from "../protocol/event-names.js";
import type { MemberRole } from "../protocol/shapes.js";

/** An entry as stored. Fields at their defaults are left out. */
export interface StoredEntry {
  _id: { r: string; s: number };
  roomId: string;
  kind: Entry["kind"];
  /** true or absent: what the partial index of the timeline is built on */
  timeline?: true;
  senderId: string;
  clientId: string;
  contentHash: string;
  sentAt: Date;
  text?: string;
  replyTo?: number;
  userId?: string;
  role?: MemberRole;
  changes?: RoomChanges;
  deletedAt?: Date;
}

export type EntryModel = Model<StoredEntry>;

/** Index names: duplicate-key errors are told apart by them, for bulk errors carry no `keyPattern`. */
export const ENTRY_INDEXES = { sequencer: "_id_", clientId: "u_client_id", timeline: "timeline" } as const;

/**
 * The model is for its indexes and its name; the log reads and writes through `Model.collection` (see entry-store), because
 * Mongoose refuses ranges on a subdocument `_id`.
 */
export function createEntryModel(connection: Connection): EntryModel {
  const schema = new Schema<StoredEntry>(
    {
      _id: { r: String, s: Number },
      roomId: { type: String, required: true },
      kind: { type: String, required: true },
      timeline: Boolean,
      senderId: { type: String, required: true },
      clientId: { type: String, required: true },
      contentHash: { type: String, required: true },
      sentAt: { type: Date, required: true },
      text: String,
      replyTo: Number,
      userId: String,
      role: String,
      changes: Schema.Types.Mixed,
      deletedAt: Date,
    },
    { collection: "messages", versionKey: false, autoIndex: false, autoCreate: false },
  );
  schema.index({ roomId: 1, senderId: 1, clientId: 1 }, { name: ENTRY_INDEXES.clientId, unique: true });
  // Partial: a thousand changes between two messages must not make the newest page a walk.
  schema.index(
    { roomId: 1, "_id.s": 1 },
    { name: ENTRY_INDEXES.timeline, partialFilterExpression: { timeline: true } },
  );
  return connection.model<StoredEntry>("Message", schema);
}

const TIMELINE = new Set<string>(TIMELINE_KINDS);

/** Whether entries of this kind stand in the timeline. */
export function isTimelineKind(kind: string): boolean {
  return TIMELINE.has(kind);
}

/** What is stored for an entry. */
export function toStored(entry: Entry, contentHash: string): StoredEntry {
  const { roomId, seq, sentAt, kind, senderId, clientId } = entry;
  const base: StoredEntry = {
    _id: { r: roomId, s: seq },
    roomId,
    kind,
    ...(isTimelineKind(kind) ? { timeline: true as const } : {}),
    senderId,
    clientId,
    contentHash,
    sentAt: new Date(sentAt),
  };
  switch (entry.kind) {
    case "message":
      return { ...base, text: entry.text, ...(entry.replyTo === null ? {} : { replyTo: entry.replyTo }) };
    case "join":
    case "leave":
      return { ...base, userId: entry.userId };
    case "role":
      return { ...base, userId: entry.userId, role: entry.role };
    case "room":
      return { ...base, changes: entry.changes };
  }
}

/** The entry that a stored document stands for, folded. Pages consist of these: the message's is written out in one piece. */
export function toEntry(stored: StoredEntry): Entry {
  const sentAt = stored.sentAt.toISOString();
  if (stored.kind === "message")
    return {
      roomId: stored.roomId,
      seq: stored._id.s,
      sentAt,
      senderId: stored.senderId,
      clientId: stored.clientId,
      kind: "message",
      text: stored.text ?? "",
      replyTo: stored.replyTo ?? null,
      files: [],
      mentions: [],
      editedAt: null,
      deletedAt: stored.deletedAt?.toISOString() ?? null,
      reactions: [],
      pinned: false,
      changedSeq: null,
    };
  const { roomId, senderId, clientId } = stored;
  const base = { roomId, seq: stored._id.s, sentAt, senderId, clientId };
  switch (stored.kind) {
    case "join":
    case "leave":
      return { ...base, kind: stored.kind, userId: stored.userId ?? "" };
    case "role":
      return { ...base, kind: "role", userId: stored.userId ?? "", role: stored.role ?? "member" };
    case "room":
      return { ...base, kind: "room", changes: stored.changes ?? {} };
  }
}
