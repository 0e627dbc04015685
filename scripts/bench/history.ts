/** Long histories, written straight into the database in the form that each server stores: sending them would take hours. */
import { randomBytes } from "node:crypto";
import { mongo } from "mongoose";
import { toStored } from "../../src/log/entry-model.js";
import type { Protocol } from "./load/clients.js";
import type { Page } from "./load/pages.js";
import { databaseUri, type Mongod } from "./processes.js";

const BATCH = 5_000;
const TEXT_LENGTH = 100;
const PAGE = 50;

const textOf = (index: number) => {
  const marker = `~S${index}~`;
  return marker + "x".repeat(TEXT_LENGTH - marker.length);
};

type Documents = (from: number, to: number) => mongo.Document[];

/** Messages until the room's head is `count`; the room is there and its server is stopped. */
async function parlanceDocuments(
  db: mongo.Db,
  roomId: string,
  count: number,
): Promise<{ first: number; make: Documents }> {
  const messages = db.collection<{ _id: { r: string; s: number }; sentAt: Date; senderId: string }>("messages");
  const last = await messages.findOne(
    { _id: { $gt: { r: roomId, s: 0 }, $lt: { r: roomId, s: Number.MAX_SAFE_INTEGER } } },
    { sort: { _id: -1 } },
  );
  if (last === null) throw new Error(`There is no room ${roomId}.`);
  const startMs = last.sentAt.getTime();
  const run = randomBytes(4).toString("hex");
  const make = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => {
      const seq = from + index;
      const clientId = `${run}-0000-4000-9000-${seq.toString(16).padStart(12, "0")}`;
      // A thousand in a millisecond: a million of them must not reach into the future.
      const sentAt = new Date(startMs + Math.floor((seq - last._id.s) / 1_000)).toISOString();
      const unchanged = { files: [], mentions: [], editedAt: null, deletedAt: null, reactions: [], pinned: false };
      const base = { roomId, seq, sentAt, senderId: last.senderId, clientId, kind: "message" as const };
      return toStored(
        { ...base, text: textOf(seq), replyTo: null, ...unchanged, changedSeq: null },
        randomBytes(16).toString("base64url"),
      );
    });
  return { first: last._id.s + 1, make: count > last._id.s ? make : () => [] };
}

function tutorialDocuments(room: string, count: number): { first: number; make: Documents } {
  const startMs = Date.now() - count - 1_000;
  const make = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => {
      const at = new Date(startMs + from + index);
      const clientId = `fill-${from + index}`;
      return { room, sender: "user0", text: textOf(from + index), clientId, createdAt: at, updatedAt: at, __v: 0 };
    });
  return { first: 1, make };
}

/**
 * Fills a room until it holds `count` entries.
 *
 * @returns the pages of fifty at its newest, middle and oldest end
 */
export async function fillRoom(
  protocol: Protocol,
  mongod: Mongod,
  { database, room, count }: { database: string; room: string; count: number },
): Promise<Page[]> {
  const client = new mongo.MongoClient(databaseUri(mongod, database));
  await client.connect();
  try {
    const db = client.db();
    const messages = db.collection("messages");
    const { first, make } =
      protocol === "parlance" ? await parlanceDocuments(db, room, count) : tutorialDocuments(room, count);
    for (let from = first; from <= count; from += BATCH) {
      await messages.insertMany(make(from, Math.min(count + 1, from + BATCH)), { ordered: false });
    }
    if (protocol === "parlance") {
      const path = `/api/v1/rooms/${room}/messages?limit=${PAGE}`;
      // The oldest messages come after the entries that made the room.
      return [
        { name: "newest", path },
        { name: "middle", path: `${path}&before=${Math.floor(count / 2)}` },
        { name: "oldest", path: `${path}&before=${first + PAGE}` },
      ];
    }
    const before = async (seq: number) => {
      const found = await messages.findOne({ clientId: `fill-${seq}` });
      const at: unknown = found?.["createdAt"];
      if (!(at instanceof Date)) throw new Error(`Message ${seq} is not there.`);
      return `/rooms/${room}/messages?before=${at.toISOString()}`;
    };
    return [
      { name: "newest", path: `/rooms/${room}/messages` },
      { name: "middle", path: await before(Math.floor(count / 2)) },
      { name: "oldest", path: await before(1 + PAGE) },
    ];
  } finally {
    await client.close();
  }
}
