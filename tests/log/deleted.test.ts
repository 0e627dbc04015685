/** A message that is deleted by now, whose clientId comes again with other words [L4]. */
import { testDatabaseUri } from "../support/mongod/index.js";
import { newTally } from "./faults.js";
import { createWriter, makeIndexes, openTestDatabase } from "./world.js";

it("[L4] any repeat of a deleted message gets the deleted entry, and takes no position", async () => {
  const database = await openTestDatabase(testDatabaseUri());
  await makeIndexes(database);
  const writer = createWriter(database, newTally());
  const roomId = await writer.createRoom("ada");
  const clientId = crypto.randomUUID();
  const { seq } = await writer.send("rest", "ada", roomId, clientId, "words");
  const filter = { roomId: { $eq: roomId }, clientId: { $eq: clientId } };
  await database.entries.collection.updateOne(filter, { $set: { text: "", deletedAt: new Date() } });

  // Another server, which remembers nothing.
  const other = createWriter(database, newTally());
  const repeats = [
    await other.send("rest", "ada", roomId, clientId, "words"),
    await other.send("socket", "ada", roomId, clientId, "other words"),
  ];

  for (const repeat of repeats) {
    expect(repeat).toMatchObject({ seq, text: "", deletedAt: expect.stringMatching(/Z$/) as string });
  }
  expect(await other.log.head(roomId)).toBe(seq);
  writer.close();
  other.close();
  await database.connection.close();
});
