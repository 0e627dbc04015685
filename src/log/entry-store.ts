/**
 * The log in MongoDB: every read and write of the collection `messages`, typed here and nowhere else.
 *
 * Reads are majority reads [L5] [G2], set here as well as on the connection: the head of a room must never be
 * taken from a write that a failover could undo.
 */
import type { ClientSession } from "mongoose";
import { mongo } from "mongoose";
import type { Entry } from "../protocol/entries.js";
import type { MessageMark } from "./message-marks.js";
import { ENTRY_INDEXES, toEntry, toStored, type EntryModel, type StoredEntry } from "./entry-model.js";

export interface ClientIdKey {
  roomId: string;
  senderId: string;
  clientId: string;
}

export interface Head {
  roomId: string;
  /** 0 when the room has no entry */
  seq: number;
  /** milliseconds; 0 when the room has no entry */
  sentAt: number;
}

/** An entry with the hash of what its request said. */
export interface Hashed {
  entry: Entry;
  contentHash: string;
}

/**
 * What became of an ordered insert. `duplicate`: the items before `index` are stored and durable, the others not; `on` names the
 * index that refused (when both would, only the sequencer is named). `unknown`: anything may be stored [G4].
 */
export type InsertOutcome =
  | { kind: "stored" }
  | { kind: "duplicate"; index: number; on: "sequencer" | "clientId" }
  | { kind: "unknown"; error: unknown };

export interface EntryStore {
  heads(roomIds: readonly string[]): Promise<Head[]>;
  insert(items: readonly Hashed[]): Promise<InsertOutcome>;
  /** part of a caller's transaction; any error means that nothing of it was stored */
  insertInTransaction(items: readonly Hashed[], session: ClientSession): Promise<void>;
  findByClientIds(keys: readonly ClientIdKey[]): Promise<Hashed[]>;
  /** every kind, ascending, `after` and `before` exclusive */
  range(roomId: string, bounds: { after: number; before?: number; limit: number }): Promise<Hashed[]>;
  /** every kind, ascending: the last `limit` */
  newest(roomId: string, limit: number): Promise<Hashed[]>;
  /** timeline kinds, ascending; `from` and `to` inclusive; `end` says which end a short page keeps */
  timeline(
    roomId: string,
    bounds: { from: number; to: number; end: "first" | "last"; limit: number },
  ): Promise<Entry[]>;
  one(roomId: string, seq: number): Promise<Entry | null>;
  many(places: readonly { roomId: string; seq: number }[]): Promise<Entry[]>;
  /** the newest messages up to `to` that are not deleted, ascending */
  newestMarks(roomId: string, to: number, limit: number): Promise<MessageMark[]>;
  /** messages by others after `after`, at most `limit` of them are counted */
  countByOthers(roomId: string, userId: string, after: number, limit: number): Promise<number>;
}

const MAJORITY = { readConcern: { level: "majority" } } as const;
const DURABLE = { writeConcern: { w: "majority", journal: true } } as const;

/** Heads of this many rooms are read in one round trip. */
const HEADS_AT_ONCE = 50;

/** What a page shows; the rest need not travel. */
const SHOWN = { contentHash: 0, timeline: 0 } as const;

const everyPlaceOf = (roomId: string, after: number, before: number) => ({
  // Whole `_id`s compare field by field, so this is a range of the `_id` index; a filter on `_id.r` would scan.
  _id: { $gt: { r: roomId, s: after }, $lt: { r: roomId, s: before } },
});

const newestHead = (roomId: string) => [
  { $match: everyPlaceOf(roomId, 0, Number.MAX_SAFE_INTEGER) },
  { $sort: { _id: -1 as const } },
  { $limit: 1 },
  { $project: { sentAt: 1 } },
];

const hashed = (stored: StoredEntry): Hashed => ({ entry: toEntry(stored), contentHash: stored.contentHash });

/** Which of our unique indexes refused; null when it was another error. */
export function duplicateIndexOf(error: unknown): "sequencer" | "clientId" | null {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code !== 11000 || typeof message !== "string") return null;
  const index = /index: (\S+)/.exec(message)?.[1];
  if (index === ENTRY_INDEXES.sequencer) return "sequencer";
  if (index === ENTRY_INDEXES.clientId) return "clientId";
  return null;
}

function outcomeOf(error: unknown): InsertOutcome {
  if (!(error instanceof mongo.MongoBulkWriteError)) return { kind: "unknown", error };
  // Without the confirmation that the prefix is durable, nothing is known about it either.
  if (error.result.getWriteConcernError() !== undefined) return { kind: "unknown", error };
  const first = Array.isArray(error.writeErrors) ? error.writeErrors[0] : error.writeErrors;
  const on = first === undefined ? null : duplicateIndexOf({ code: first.code, message: first.errmsg });
  if (first === undefined || on === null) return { kind: "unknown", error };
  return { kind: "duplicate", index: first.index, on };
}

export function createEntryStore(model: EntryModel): EntryStore {
  const collection = model.collection;
  type Filter = mongo.Filter<StoredEntry>;
  // Mongoose types its collection loosely; here is the one place that says what it holds.
  const find = (filter: Filter, options: mongo.FindOptions) =>
    (collection as unknown as mongo.Collection<StoredEntry>).find(filter, { ...MAJORITY, ...options });

  async function headsOfFew(roomIds: readonly string[]): Promise<Head[]> {
    const [first, ...others] = roomIds;
    if (first === undefined) return [];
    const pipeline = [
      ...newestHead(first),
      ...others.map((roomId) => ({
        $unionWith: { coll: model.collection.collectionName, pipeline: newestHead(roomId) },
      })),
    ];
    const found = await collection.aggregate<Pick<StoredEntry, "_id" | "sentAt">>(pipeline, MAJORITY).toArray();
    const byRoom = new Map(found.map((head) => [head._id.r, head]));
    return roomIds.map((roomId) => {
      const head = byRoom.get(roomId);
      return { roomId, seq: head?._id.s ?? 0, sentAt: head?.sentAt.getTime() ?? 0 };
    });
  }

  return {
    async heads(roomIds) {
      const heads: Head[] = [];
      for (let start = 0; start < roomIds.length; start += HEADS_AT_ONCE) {
        heads.push(...(await headsOfFew(roomIds.slice(start, start + HEADS_AT_ONCE))));
      }
      return heads;
    },

    async insert(items) {
      const documents = items.map(({ entry, contentHash }) => toStored(entry, contentHash));
      try {
        await (collection as unknown as mongo.Collection<StoredEntry>).insertMany(documents, {
          ...DURABLE,
          ordered: true,
        });
        return { kind: "stored" };
      } catch (error) {
        return outcomeOf(error);
      }
    },

    async insertInTransaction(items, session) {
      const documents = items.map(({ entry, contentHash }) => toStored(entry, contentHash));
      await (collection as unknown as mongo.Collection<StoredEntry>).insertMany(documents, { ordered: true, session });
    },

    async findByClientIds(keys) {
      if (keys.length === 0) return [];
      const filter: Filter = {
        $or: keys.map(({ roomId, senderId, clientId }) => ({
          roomId: { $eq: roomId },
          senderId: { $eq: senderId },
          clientId: { $eq: clientId },
        })),
      };
      return (await find(filter, {}).toArray()).map(hashed);
    },

    async range(roomId, { after, before = Number.MAX_SAFE_INTEGER, limit }) {
      const found = find(everyPlaceOf(roomId, after, before), { sort: { _id: 1 }, limit });
      return (await found.toArray()).map(hashed);
    },

    async newest(roomId, limit) {
      const found = find(everyPlaceOf(roomId, 0, Number.MAX_SAFE_INTEGER), { sort: { _id: -1 }, limit });
      return (await found.toArray()).reverse().map(hashed);
    },

    async timeline(roomId, { from, to, end, limit }) {
      const filter: Filter = { roomId: { $eq: roomId }, timeline: true, "_id.s": { $gte: from, $lte: to } };
      const sort: mongo.Sort = { "_id.s": end === "first" ? 1 : -1 };
      const options = { sort, limit, hint: ENTRY_INDEXES.timeline, projection: SHOWN };
      const found = (await find(filter, options).toArray()).map(toEntry);
      return end === "first" ? found : found.reverse();
    },

    async one(roomId, seq) {
      const [found] = await find({ _id: { r: roomId, s: seq } }, { limit: 1 }).toArray();
      return found === undefined ? null : toEntry(found);
    },

    async many(places) {
      if (places.length === 0) return [];
      const filter: Filter = { _id: { $in: places.map(({ roomId, seq }) => ({ r: roomId, s: seq })) } };
      return (await find(filter, {}).toArray()).map(toEntry);
    },

    async newestMarks(roomId, to, limit) {
      const filter: Filter = {
        roomId: { $eq: roomId },
        timeline: true,
        "_id.s": { $lte: to },
        kind: "message",
        deletedAt: { $exists: false },
      };
      const options = {
        sort: { "_id.s": -1 },
        limit,
        hint: ENTRY_INDEXES.timeline,
        projection: { senderId: 1 },
      } as const;
      const found = await find(filter, options).toArray();
      return found.reverse().map(({ _id, senderId }) => ({ seq: _id.s, senderId }));
    },

    async countByOthers(roomId, userId, after, limit) {
      const filter: Filter = {
        roomId: { $eq: roomId },
        timeline: true,
        "_id.s": { $gt: after },
        kind: "message",
        senderId: { $ne: userId },
        deletedAt: { $exists: false },
      };
      const options = { ...MAJORITY, limit, hint: ENTRY_INDEXES.timeline };
      return await (collection as unknown as mongo.Collection<StoredEntry>).countDocuments(filter, options);
    },
  };
}
