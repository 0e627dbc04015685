/** What is carried out late, or seen by one side before the other has had its answer: each entry is delivered once all the same. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { mongo } from "mongoose";
import { createChangeWriter } from "../../src/log/commit/change-writer.js";
import { createEntryStore, type EntryStore } from "../../src/log/entry-store.js";
import type { LogParts } from "../../src/log/log.js";
import { testDatabaseUri } from "../support/mongod/index.js";
import { newTally } from "./faults.js";
import { createWriter, makeIndexes, openTestDatabase, type TestDatabase, type Writer } from "./world.js";

let database: TestDatabase;
const writers: Writer[] = [];

beforeAll(async () => {
  database = await openTestDatabase(testDatabaseUri());
  await makeIndexes(database);
});
afterAll(async () => {
  for (const writer of writers) writer.close();
  await database.connection.close();
});

type Write = ReturnType<typeof createChangeWriter>["write"];

/** A server whose changes and reads go through what the test puts in between. */
function start(between: { write?: (write: Write) => Write; store?: (store: EntryStore) => Partial<EntryStore> }) {
  const parts: Partial<LogParts> = {
    createStore(model) {
      const store = createEntryStore(model);
      return { ...store, ...between.store?.(store) };
    },
    createChangeWriter(deps) {
      const { write } = createChangeWriter(deps);
      return { write: between.write?.(write) ?? write };
    },
  };
  const writer = createWriter(database, newTally(), parts);
  writers.push(writer);
  return writer;
}

/** Something that waits until it is let go, and says when it has come. */
function gate() {
  let open: () => void = () => undefined;
  let arrive: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  return {
    arrived,
    open,
    async pass() {
      arrive();
      await opened;
    },
  };
}

const seqsOf = ({ delivered }: Writer, roomId: string) => (delivered.get(roomId) ?? []).map(({ seq }) => seq);

it("[D1] delivers a room's first entry once, though somebody joins before its making is answered", async () => {
  const [answer, reading] = [gate(), gate()];
  const writer = start({
    write: (write) => async (entries, change) => {
      const outcome = await write(entries, change);
      if (entries[0]?.entry.seq === 1) await answer.pass();
      return outcome;
    },
    store: (store) => ({
      async range(...args) {
        const found = await store.range(...args);
        await reading.pass();
        return found;
      },
    }),
  });
  const [ada, grace] = [randomUUID(), randomUUID()];
  const making = writer.createRoom(ada);
  await answer.arrived;
  const roomId = (await database.rooms.membershipsOf(ada))[0]?.roomId ?? "";

  const joining = writer.join(grace, roomId);
  await reading.arrived;
  answer.open();
  await making;
  reading.open();
  await joining;

  expect(seqsOf(writer, roomId)).toEqual([1, 2]);
});

it("[G4] delivers what an unanswered write stored only after its room was read again", async () => {
  let late: (() => Promise<unknown>) | null = null;
  let lose = false;
  const writer = start({
    write: (write) => async (entries, change) => {
      if (!lose) return await write(entries, change);
      lose = false;
      late = () => write(entries, change);
      return { kind: "unknown", error: new mongo.MongoNetworkError("cut by the test") };
    },
    store: (store) => ({
      async findByClientIds(keys) {
        // By now the heads have been read: it lands between that and the look for repeats.
        await late?.();
        late = null;
        return await store.findByClientIds(keys);
      },
    }),
  });
  const roomId = await writer.createRoom(randomUUID());

  lose = true;
  await writer.join(randomUUID(), roomId);
  await writer.log.drain(5_000);

  expect(seqsOf(writer, roomId)).toEqual([1, 2]);
});

it("[G2] counts a member once, though the room is read while their join waits for its answer", async () => {
  const answer = gate();
  const writer = start({
    write: (write) => async (entries, change) => {
      const outcome = await write(entries, change);
      if (entries[0]?.entry.seq === 2) await answer.pass();
      return outcome;
    },
  });
  const grace = randomUUID();
  const roomId = await writer.createRoom(randomUUID());

  const joining = writer.join(grace, roomId);
  await answer.arrived;
  await writer.log.roomAndRole(roomId, randomUUID());
  answer.open();
  await joining;

  expect((await writer.log.roomAndRole(roomId, grace)).record?.memberCount).toBe(2);
});

it("[G9] looks up and keeps nothing for a room id that is none of ours", async () => {
  const asked: string[] = [];
  const writer = start({
    store: (store) => ({
      heads(roomIds) {
        asked.push(...roomIds);
        return store.heads(roomIds);
      },
    }),
  });
  const roomId = "x".repeat(60_000);

  const sending = writer.send("socket", randomUUID(), roomId, randomUUID(), "hi");

  expect(writer.log.queueSize()).toBe(0);
  await expect(sending).rejects.toMatchObject({ code: "not_found" });
  expect(asked).toEqual([]);
});
