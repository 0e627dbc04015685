/** A log that is asked to finish [D7] while its database says nothing. */
import { createEntryStore } from "../../src/log/entry-store.js";
import { testDatabaseUri } from "../support/mongod/index.js";
import { newTally } from "./faults.js";
import { createWriter, makeIndexes, openTestDatabase } from "./world.js";

it("[D7] does not wait longer for what is queued than it may", async () => {
  const database = await openTestDatabase(testDatabaseUri());
  await makeIndexes(database);
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const writer = createWriter(database, newTally(), {
    createStore: (model) => ({
      ...createEntryStore(model),
      insert() {
        reach();
        return new Promise(() => undefined);
      },
    }),
  });
  const roomId = await writer.createRoom("ada");
  const answer = writer.send("rest", "ada", roomId, crypto.randomUUID(), "words");
  answer.catch(() => undefined);
  await reached;

  await writer.log.drain(20);

  expect(writer.log.queueSize()).toBe(1);
  writer.close();
  await database.connection.close();
});
