import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import mongoose from "mongoose";
import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { readConfig } from "../config.js";
import { createLogger } from "../logger.js";
import { isTransientDatabaseError } from "./errors.js";
import { openDatabase } from "./index.js";

const { MongoServerError, MongoClient } = mongoose.mongo;
/** What an operation fails with, at once or later. */
async function caught(operation: () => Promise<unknown>): Promise<unknown> {
  try {
    await operation();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

describe("telling away from wrong", () => {
  let client: InstanceType<typeof MongoClient>;
  beforeAll(async () => {
    client = await new MongoClient(testDatabaseUri()).connect();
  });
  afterAll(() => client.close());

  it("takes an unreachable server for away", async () => {
    const nobody = new MongoClient("mongodb://127.0.0.1:1/", { serverSelectionTimeoutMS: 50 });

    expect(isTransientDatabaseError(await caught(() => nobody.connect()))).toBe(true);
  });

  it("takes a model that is used before the first connection for away", async () => {
    const config = readConfig({ MONGODB_URI: "mongodb://127.0.0.1:1/away" }, process.cwd());
    const database = await openDatabase({ config, log: createLogger("silent") });
    const Thing = database.connection.model("Thing", new mongoose.Schema({ name: String }));

    try {
      expect(isTransientDatabaseError(await caught(() => Thing.findOne().exec()))).toBe(true);
      expect(isTransientDatabaseError(await caught(() => Thing.create({ name: "a" })))).toBe(true);
      expect(isTransientDatabaseError(await caught(() => Thing.collection.findOne({})))).toBe(true);
    } finally {
      await database.close();
    }
  });

  it("takes a closed client for away", async () => {
    const closed = await new MongoClient(testDatabaseUri()).connect();
    await closed.close();

    expect(isTransientDatabaseError(await caught(() => closed.db().command({ ping: 1 })))).toBe(true);
  });

  it.each([91, 189, 10107, 11600, 11602, 13435])(
    "takes the server's code %i (an election, a shutdown) for away",
    (code) => {
      expect(isTransientDatabaseError(new MongoServerError({ message: "not now", code }))).toBe(true);
    },
  );

  it("does not take a duplicate key, a refused command, or a bug for away", async () => {
    const things = client.db().collection<{ _id: number }>("things");
    await things.insertOne({ _id: 1 });

    expect(isTransientDatabaseError(await caught(() => things.insertOne({ _id: 1 })))).toBe(false);
    expect(isTransientDatabaseError(await caught(() => things.insertMany([{ _id: 1 }, { _id: 2 }])))).toBe(false);
    expect(isTransientDatabaseError(await caught(() => client.db().command({ nonsense: 1 })))).toBe(false);
    expect(isTransientDatabaseError(new TypeError("undefined is not a function"))).toBe(false);
  });
});
