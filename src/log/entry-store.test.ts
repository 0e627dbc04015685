import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import mongoose, { type Connection, type mongo } from "mongoose";
import type { Entry } from "../protocol/entries.js";
import { testDatabaseUri } from "../../tests/support/mongod/index.js";
import { createEntryModel } from "./entry-model.js";
import { createEntryStore, type EntryStore, type Hashed } from "./entry-store.js";

let connection: Connection;
let store: EntryStore;
let commands: mongo.CommandStartedEvent[] = [];

const base = { roomId: "room", sentAt: "2026-11-21T05:30:27.123Z", senderId: "ada" };
const clientIdOf = (seq: number) => `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`;

function message(seq: number, roomId = "room"): Hashed {
  const text = { kind: "message" as const, text: `${seq}`, replyTo: null, files: [], mentions: [] };
  const folded = { editedAt: null, deletedAt: null, reactions: [], pinned: false, changedSeq: null };
  return { entry: { ...base, roomId, seq, clientId: clientIdOf(seq), ...text, ...folded }, contentHash: "hash" };
}

const role = (seq: number): Hashed => ({
  entry: { ...base, seq, clientId: clientIdOf(seq), kind: "role", userId: "grace", role: "moderator" },
  contentHash: "hash",
});

beforeAll(async () => {
  // The connection itself asks for neither: what the store sends is the store's own doing.
  connection = await mongoose
    .createConnection(testDatabaseUri(), { monitorCommands: true, autoIndex: false })
    .asPromise();
  connection.getClient().on("commandStarted", (event: mongo.CommandStartedEvent) => commands.push(event));
  const model = createEntryModel(connection);
  await model.createCollection();
  await model.createIndexes();
  store = createEntryStore(model);
  // Messages at odd positions, entries outside the timeline at even ones.
  const entries = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? message(index + 1) : role(index + 1)));
  await store.insert(entries);
});

afterAll(async () => {
  await connection.close();
});

const seqs = (entries: readonly Entry[]) => entries.map(({ seq }) => seq);

describe("the entry store", () => {
  it("[L5] [G2] asks for majority-committed entries in every read", async () => {
    commands = [];

    await store.heads(["room", "elsewhere"]);
    await store.findByClientIds([{ roomId: "room", senderId: "ada", clientId: clientIdOf(1) }]);
    await store.range("room", { after: 0, limit: 5 });
    await store.newest("room", 5);
    await store.timeline("room", { from: 1, to: 40, end: "last", limit: 5 });
    await store.one("room", 1);
    await store.many([{ roomId: "room", seq: 1 }]);
    await store.newestMarks("room", 10, 100);
    await store.countByOthers("room", "grace", 0, 100);

    expect(commands).toHaveLength(9);
    for (const { commandName, command } of commands) {
      expect([commandName, command.readConcern]).toEqual([commandName, { level: "majority" }]);
    }
  });

  it("[L3] [G4] waits for a majority's journal in every write, without a time limit", async () => {
    commands = [];

    await store.insert([message(1, "written")]);

    expect(commands[0]?.command.writeConcern).toEqual({ w: "majority", j: true });
    expect(commands[0]?.command.ordered).toBe(true);
  });

  it("[G2] reads the heads of many rooms at once, 0 for one without entries", async () => {
    const heads = await store.heads(["room", "elsewhere"]);

    expect(heads.map(({ roomId, seq }) => [roomId, seq])).toEqual([
      ["room", 40],
      ["elsewhere", 0],
    ]);
  });

  it("[G3] says which index refused, and what was stored before it", async () => {
    await store.insert([message(1, "clash"), message(2, "clash")]);
    const repeat: Hashed = { ...message(4, "clash"), entry: { ...message(4, "clash").entry, clientId: clientIdOf(2) } };
    const taken: Hashed = { ...message(2, "clash"), entry: { ...message(2, "clash").entry, clientId: clientIdOf(9) } };

    const outcomes = [await store.insert([message(3, "clash"), repeat]), await store.insert([taken])];

    expect(outcomes).toEqual([
      { kind: "duplicate", index: 1, on: "clientId" },
      { kind: "duplicate", index: 0, on: "sequencer" },
    ]);
  });

  it("gives the end of the timeline that is asked for, ascending, without what is not shown there", async () => {
    const [newest, oldest] = await Promise.all([
      store.timeline("room", { from: 1, to: 40, end: "last", limit: 3 }),
      store.timeline("room", { from: 2, to: 40, end: "first", limit: 3 }),
    ]);

    expect([seqs(newest), seqs(oldest)]).toEqual([
      [35, 37, 39],
      [3, 5, 7],
    ]);
  });

  it("examines no more keys for a page than it gives", async () => {
    const filter = { roomId: { $eq: "room" }, timeline: true, "_id.s": { $gte: 1, $lte: 40 } };
    const explained = await connection
      .collection("messages")
      .find(filter)
      .sort({ "_id.s": -1 })
      .limit(3)
      .hint("timeline")
      .explain("executionStats");

    expect(explained["executionStats"]).toMatchObject({ totalKeysExamined: 3, totalDocsExamined: 3 });
  });
});
