/** Repeats that a server which remembers nothing gets [L4]. */
import type { Entry } from "../../src/protocol/entries.js";
import { testDatabaseUri } from "../support/mongod/index.js";
import { newTally, type Tally } from "./faults.js";
import { createWriter, makeIndexes, openTestDatabase, type TestDatabase, type Writer } from "./world.js";

let database: TestDatabase;
let tally: Tally;
/** stored what is repeated */
let writer: Writer;
/** remembers nothing of it */
let other: Writer;
let roomId: string;

beforeAll(async () => {
  database = await openTestDatabase(testDatabaseUri());
  await makeIndexes(database);
});
beforeEach(async () => {
  tally = newTally();
  [writer, other] = [createWriter(database, tally), createWriter(database, tally)];
  roomId = await writer.createRoom("ada");
});
afterEach(() => {
  for (const { close } of [writer, other]) close();
});
afterAll(async () => {
  await database.connection.close();
});

const send = (by: Writer, text: string, clientId: string = crypto.randomUUID()): Promise<Entry> =>
  by.send("rest", "ada", roomId, clientId, text);

it("[G3] after a repeat inside a commit the rest is numbered anew, without a gap, and answered", async () => {
  const clientId = crypto.randomUUID();
  const first = await send(writer, "first", clientId);

  const answers = await Promise.all([
    send(other, "before"),
    send(other, "first", clientId),
    send(other, "after"),
    send(other, "at last"),
  ]);

  expect(tally.repeatClash).toBe(1);
  expect(answers.map(({ seq }) => seq)).toEqual([3, first.seq, 4, 5]);
  expect(other.delivered.get(roomId)?.map(({ seq }) => seq)).toEqual([3, 4, 5]);
});

it("[G6] [L4] before any refusal it is looked up: who was removed since gets the first entry", async () => {
  const clientId = crypto.randomUUID();
  await writer.join("bob", roomId);
  const first = await writer.send("rest", "bob", roomId, clientId, "words");
  await writer.remove("ada", roomId, "bob");

  const repeat = await other.send("socket", "bob", roomId, clientId, "words");

  expect(repeat).toEqual(first);
  await expect(other.send("socket", "bob", roomId, crypto.randomUUID(), "words")).rejects.toMatchObject({
    code: "forbidden",
  });
});

it("[L4] any repeat of a message that is deleted by now gets the deleted entry, and takes no position", async () => {
  const clientId = crypto.randomUUID();
  const { seq } = await send(writer, "words", clientId);
  const filter = { roomId: { $eq: roomId }, clientId: { $eq: clientId } };
  await database.entries.collection.updateOne(filter, { $set: { text: "", deletedAt: new Date() } });

  const repeats = [await send(other, "words", clientId), await send(other, "other words", clientId)];

  for (const repeat of repeats) {
    expect(repeat).toMatchObject({ seq, text: "", deletedAt: expect.stringMatching(/Z$/) as string });
  }
  expect(await other.log.head(roomId)).toBe(seq);
});
