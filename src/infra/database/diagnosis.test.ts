import { afterEach, describe, expect, it } from "@jest/globals";
import mongoose from "mongoose";
import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { createOwnMongod, initiate as initiateSet, type OwnMongod } from "../../../tests/support/mongod/own-mongod.js";
import { readConfig } from "../config.js";
import { createLogger } from "../logger.js";
import { choosePort } from "./embedded/state.js";
import { DatabaseError, openDatabase, type Database } from "./index.js";

const timeout = 30_000;
const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of closing.splice(0).reverse()) await part.close();
});

/** Opens a database and remembers what is said about it. */
async function open(uri: string): Promise<{ database: Database; said: string[]; nextLine: () => Promise<string> }> {
  const said: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  const log = createLogger("info", {
    write(line) {
      const { msg } = JSON.parse(line) as { msg: string };
      said.push(msg);
      waiting.shift()?.(msg);
    },
  });
  const database = await openDatabase({ config: readConfig({ MONGODB_URI: uri }, process.cwd()), log });
  closing.push(database);
  return { database, said, nextLine: () => new Promise((resolve) => waiting.push(resolve)) };
}

async function own(args: readonly string[] = [], port?: number): Promise<OwnMongod> {
  const mongod = await createOwnMongod(args, port);
  closing.push(mongod);
  await mongod.start();
  return mongod;
}

const initiate = (mongod: OwnMongod, more?: Record<string, unknown>) => initiateSet(mongod, "rs0", more);

/** The one line that a start ends with. */
async function refusal(uri: string): Promise<string> {
  const { database } = await open(uri);
  const error = await database.ready.then(
    () => new Error("it was accepted"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  return error instanceof Error ? error.message : "";
}

function becomes(database: Database, wanted: boolean): Promise<void> {
  return new Promise((resolve) => {
    if (database.isAvailable() === wanted) return resolve();
    const stop = database.onAvailabilityChange((available) => {
      if (available !== wanted) return;
      stop();
      resolve();
    });
  });
}

describe("what is wrong with a MongoDB of yours is said in one line with the remedy", () => {
  it(
    "[G8] a standalone server: how to turn it into a replica set",
    async () => {
      const mongod = await own();

      const plain = await refusal(`mongodb://${mongod.host}/parlance`);
      const named = await refusal(`mongodb://${mongod.host}/parlance?replicaSet=rs0`);

      expect(plain).toMatch(
        /^MongoDB at 127\.0\.0\.1:\d+ is a standalone server\. .*--replSet rs0.*rs\.initiate\(\).*\.$/,
      );
      expect(named).toBe(plain);
    },
    timeout,
  );

  it("a user or password that is not right, without repeating it", async () => {
    const uri = testDatabaseUri().replace("mongodb://", "mongodb://ada:hunter2@");

    const line = await refusal(uri);

    expect(line).toMatch(/refuses the user name or password\. Check them in MONGODB_URI/);
    expect(line).not.toMatch(/hunter2|\n/);
  });

  it("a replica set of another name", async () => {
    const line = await refusal(testDatabaseUri().replace(/replicaSet=\w+/, "replicaSet=other"));

    expect(line).toMatch(/belongs to the replica set tests, but MONGODB_URI says replicaSet=other/);
  });

  it("an address that the driver cannot read", async () => {
    const line = await refusal("mongodb://ada:hunter2@127.0.0.1:1/parlance?nonsense=1");

    expect(line).toMatch(/^MONGODB_URI cannot be used: /);
    expect(line).not.toMatch(/hunter2|\n/);
  });

  it(
    "[G8] an arbiter, with which a confirmed message can be lost",
    async () => {
      const [data, arbiter] = await Promise.all([own(["--replSet", "rs0"]), own(["--replSet", "rs0"])]);
      const client = new mongoose.mongo.MongoClient(`mongodb://${data.host}/?directConnection=true`);
      const members = [
        { _id: 0, host: data.host, priority: 1 },
        { _id: 1, host: arbiter.host, arbiterOnly: true },
      ];
      await client
        .db("admin")
        .command({ replSetInitiate: { _id: "rs0", members, settings: { electionTimeoutMillis: 500 } } });
      await client.close();

      const line = await refusal(`mongodb://${data.host}/parlance?replicaSet=rs0`);

      expect(line).toMatch(new RegExp(`^The replica set has an arbiter \\(${arbiter.host}\\)`));
    },
    timeout,
  );

  it(
    "[G8] a majority that is not in the journal, with which a confirmed message can be lost",
    async () => {
      const mongod = await own(["--replSet", "rs0"]);
      await initiate(mongod, { writeConcernMajorityJournalDefault: false });

      const line = await refusal(`mongodb://${mongod.host}/parlance?replicaSet=rs0`);

      expect(line).toMatch(/not in the journal yet\. Set writeConcernMajorityJournalDefault to true/);
    },
    timeout,
  );

  it(
    "a replica set that was not initiated: says so once, and goes on by itself when it is",
    async () => {
      const mongod = await own(["--replSet", "rs0"]);
      const { database, nextLine } = await open(`mongodb://${mongod.host}/parlance?replicaSet=rs0`);
      const line = await nextLine();

      await initiate(mongod);
      await database.ready;

      expect(line).toMatch(/a replica set that does not exist yet\. Run rs\.initiate\(\)/);
    },
    timeout,
  );
});

describe("a MongoDB of yours that is away", () => {
  it(
    "at the start: one line about it, and all goes on by itself when it is there",
    async () => {
      const port = await choosePort(0);
      const { database, said, nextLine } = await open(`mongodb://127.0.0.1:${port}/parlance?replicaSet=rs0`);
      await nextLine();
      expect(database.isAvailable()).toBe(false);

      const mongod = await own(["--replSet", "rs0"], port);
      await initiate(mongod);
      await database.ready;

      expect(database.isAvailable()).toBe(true);
      expect(said[0]).toBe(
        `Nothing answers at 127.0.0.1:${port}. Is MongoDB running there, and is the port right? Trying again until it is there.`,
      );
    },
    timeout,
  );

  it(
    "later: is noticed within a second or so, fails promptly, and goes on by itself",
    async () => {
      const mongod = await own(["--replSet", "rs0"]);
      await initiate(mongod);
      const { database } = await open(`mongodb://${mongod.host}/parlance?replicaSet=rs0`);
      await database.ready;

      const killedAt = Date.now();
      await mongod.kill();
      await becomes(database, false);
      const noticedMs = Date.now() - killedAt;
      await mongod.start();
      await becomes(database, true);

      expect(noticedMs).toBeLessThan(3_000);
      await expect(database.connection.db?.collection("things").insertOne({ name: "a" })).resolves.toMatchObject({
        acknowledged: true,
      });
    },
    timeout,
  );
});
