import { afterEach, describe, expect, it } from "@jest/globals";
import mongoose from "mongoose";
import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { readConfig } from "../config.js";
import { createLogger } from "../logger.js";
import { DatabaseError, openDatabase, type Database } from "./index.js";

const log = createLogger("silent");
const opened: Database[] = [];

async function open(uri: string): Promise<Database> {
  const config = readConfig({ MONGODB_URI: uri }, process.cwd());
  const database = await openDatabase({ config, log });
  opened.push(database);
  return database;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()));
});

describe("a MongoDB of yours", () => {
  it("[G8] writes with majority and journal, reads with majority, and retries", async () => {
    const database = await open(testDatabaseUri());

    await database.ready;

    const { options } = database.connection.getClient();
    expect(options.writeConcern).toMatchObject({ w: "majority", journal: true });
    expect(options.readConcern).toMatchObject({ level: "majority" });
    expect(options.retryWrites).toBe(true);
    expect(database.isAvailable()).toBe(true);
  });

  it("does nothing unasked, and lets no query operator in from outside", async () => {
    const database = await open(testDatabaseUri());
    await database.ready;
    const Thing = database.connection.model("Thing", new mongoose.Schema({ name: { type: String, unique: true } }));
    await Thing.init();
    expect(await database.connection.listCollections()).toEqual([]);
    await Thing.create({ name: "secret" });

    const found = await Thing.findOne({ name: { $ne: "x" } as unknown as string }).then(
      (thing) => thing,
      () => null,
    );

    expect(found).toBeNull();
    expect(await Thing.collection.indexes()).toHaveLength(1);
    await expect(Thing.findOne({ name: mongoose.trusted({ $ne: "x" }) })).resolves.toMatchObject({ name: "secret" });
  });

  it("[G8] makes indexes and refuses a unique one that is there in another form", async () => {
    const database = await open(testDatabaseUri());
    await database.ready;
    const schema = new mongoose.Schema({ name: String });
    schema.index({ name: 1 }, { unique: true });
    const Thing = database.connection.model("Thing", schema);

    await database.ensureIndexes([Thing]);
    await expect(Thing.create([{ name: "a" }, { name: "a" }])).rejects.toMatchObject({ code: 11000 });
    await Thing.collection.dropIndexes();
    await Thing.deleteMany({});
    await Thing.collection.createIndex({ name: 1 });

    await expect(database.ensureIndexes([Thing])).rejects.toBeInstanceOf(DatabaseError);
  });
});
