/** Where a server takes the head of a room from [G2]: its own confirmed writes, and what a majority read shows. */
import { testDatabaseUri } from "../support/mongod/index.js";
import { newTally, type Tally } from "./faults.js";
import { createWriter, makeIndexes, openTestDatabase, type TestDatabase, type Writer } from "./world.js";

let database: TestDatabase;
let tally: Tally;
let writer: Writer;
let roomId: string;

beforeAll(async () => {
  database = await openTestDatabase(testDatabaseUri());
  await makeIndexes(database);
});
beforeEach(async () => {
  tally = newTally();
  writer = createWriter(database, tally);
  roomId = await writer.createRoom("ada");
});
afterEach(() => writer.close());
afterAll(async () => {
  await database.connection.close();
});

const send = async (by: Writer) => (await by.send("rest", "ada", roomId, crypto.randomUUID(), "words")).seq;

it("[G2] follows its own confirmed writes: it never meets its own entries", async () => {
  const seqs = [await send(writer), await send(writer)];
  await writer.join("bob", roomId);
  seqs.push(await send(writer), await writer.log.head(roomId));

  expect(seqs).toEqual([2, 3, 5, 5]);
  expect(tally.sequencerClash).toBe(0);
});

it("[G2] is taken from a majority read where another server was first, and nowhere else", async () => {
  const other = createWriter(database, tally);
  const seqs = [await send(other), await send(writer), await send(other), await send(other), await send(writer)];

  expect(seqs).toEqual([2, 3, 4, 5, 6]);
  // Each met the other's entries once; the second message in a row met nobody's.
  expect(tally.sequencerClash).toBe(3);
  other.close();
});

it("[G4] is read again after an answer that was lost: what was stored is found and delivered, not written again", async () => {
  writer.faults.arm("lostAnswer");

  expect([await send(writer), await send(writer)]).toEqual([2, 3]);

  expect([tally.lostAnswer, tally.sequencerClash, tally.repeatClash]).toEqual([1, 0, 0]);
  expect(writer.delivered.get(roomId)?.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

it("[G2] [G4] is not moved by a write of which nothing is known", async () => {
  writer.faults.arm("notDone");

  expect([await send(writer), await send(writer)]).toEqual([2, 3]);
});
