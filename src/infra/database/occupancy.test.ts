import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import mongoose, { type Connection } from "mongoose";
import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { createLogger } from "../logger.js";
import { DatabaseError } from "./errors.js";
import { listServers, occupyAlone, occupyAsServer, type Occupancy } from "./occupancy.js";

const URL = "http://127.0.0.1:3000";
let connection: Connection;
let said: string[];
let held: Occupancy[];

beforeEach(async () => {
  connection = await mongoose.createConnection(testDatabaseUri()).asPromise();
  said = [];
  held = [];
});
afterEach(async () => {
  await Promise.all(held.map((occupancy) => occupancy.release()));
  await connection.dropDatabase();
  await connection.close();
});

const options = (everyMs = 60_000) => ({
  connection,
  everyMs,
  log: createLogger("warn", { write: (line) => said.push((JSON.parse(line) as { msg: string }).msg) }),
});
const hold = async (taking: Promise<Occupancy>) => {
  const occupancy = await taking;
  held.push(occupancy);
  return occupancy;
};
const serve = (onLost: (error: DatabaseError) => void = () => {}) => hold(occupyAsServer(URL, onLost, options()));
const takeAlone = () => hold(occupyAlone("restore", options()));
/** As if nothing had been heard of anybody for so long. */
const goBack = (seconds: number) =>
  connection.collection("servers").updateMany({}, [{ $set: { seenAt: { $subtract: ["$seenAt", seconds * 1000] } } }]);

describe("a command that wants the database alone", () => {
  it("is refused while a server uses it, by a line that names the server, and leaves nothing behind", async () => {
    await serve();

    const refused = occupyAlone("restore", options());

    await expect(refused).rejects.toThrow(
      new RegExp(`^The server at ${URL} \\(process ${process.pid} on .+\\) uses this database \\(heard of 0 s ago\\)`),
    );
    await expect(refused).rejects.toBeInstanceOf(DatabaseError);
    expect(await connection.collection("servers").countDocuments()).toBe(1);
  });

  it("keeps servers and other commands out until it gives the database back", async () => {
    const alone = await takeAlone();

    await expect(serve()).rejects.toThrow(/^The command restore \(process \d+ on .+\) has the database to itself/);
    await expect(takeAlone()).rejects.toThrow(/^The command restore .* uses this database/);
    await alone.release();
    await serve();

    expect(await listServers(connection)).toEqual([{ url: URL, pid: process.pid, host: expect.any(String) }]);
  });

  it("passes over a server that has not been heard of for 30 s, and says so", async () => {
    await serve();
    await goBack(31);

    await takeAlone();

    expect(said).toEqual([
      expect.stringMatching(/^The server at .* has not been heard of for 31 s and counts as gone\.$/),
    ]);
    expect(await listServers(connection)).toEqual([]);
  });

  it("never has it while a server has it, whoever comes first", async () => {
    for (let round = 0; round < 20; round++) {
      const outcomes = await Promise.allSettled([serve(), takeAlone()]);
      expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBeLessThan(2);
      await Promise.all(held.splice(0).map((occupancy) => occupancy.release()));
      expect(await connection.collection("servers").countDocuments()).toBe(0);
    }
  });

  it("may not go on when a server came in while it was away", async () => {
    const alone = await takeAlone();
    await alone.confirm();
    await goBack(31);
    await serve();

    await expect(alone.confirm()).rejects.toThrow(/came to this database while restore was away\. Nothing was changed/);
  });
});

describe("a server", () => {
  it("renews its place, so that it stays one that is heard of", async () => {
    const renewed = hold(occupyAsServer(URL, () => {}, options(20)));
    await renewed;
    await goBack(31);

    for (;;) if ((await listServers(connection)).length === 1) break;
  });

  it("that was taken for gone hears of the command at its next sign of life", async () => {
    const lost: DatabaseError[] = [];
    const server = await serve((error) => lost.push(error));
    await goBack(31);
    await takeAlone();

    await server.renew();

    expect(lost.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The command restore .* took the database while this server was away/),
    ]);
  });

  it("that was taken for gone hears of it also when the command has come and gone", async () => {
    const lost: DatabaseError[] = [];
    const server = await serve((error) => lost.push(error));
    await goBack(31);
    await (await takeAlone()).release();

    await server.renew();

    expect(lost.map(({ message }) => message)).toEqual([
      "A command took the database while this server was away. Start it again when that is done.",
    ]);
    expect(await listServers(connection)).toEqual([]);
  });

  it("is not startled by a command that asks and is about to be refused", async () => {
    const lost: DatabaseError[] = [];
    const server = await serve((error) => lost.push(error));
    await connection
      .collection("servers")
      .insertOne({ kind: "asking", name: "restore", pid: 1, host: "h", seenAt: new Date() });

    await server.renew();

    expect(lost).toEqual([]);
  });
});
