import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mongoose from "mongoose";
import { testMongodBinary } from "../../../../tests/support/mongod/index.js";
import { readConfig, type Config } from "../../config.js";
import { createLogger } from "../../logger.js";
import { DatabaseError, openDatabase, type Database } from "../index.js";
import { startEmbedded } from "./index.js";
import { spawnMongod, waitUntilListening } from "./mongod-process.js";
import { isAlive } from "./processes.js";
import { embeddedPaths, readState } from "./state.js";

const timeout = 60_000;
const log = createLogger("silent");

let dataDir: string;
let config: Config;
let database: Database | null = null;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parlance-data-"));
  config = readConfig({ DATA_DIR: dataDir, MONGOD_BINARY: testMongodBinary(), PORT: "0" }, process.cwd());
});
afterEach(async () => {
  await database?.close();
  database = null;
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function open(): Promise<Database> {
  database = await openDatabase({ config, log });
  await database.ready;
  return database;
}

function things(of: Database) {
  const { db } = of.connection;
  if (db === undefined) throw new Error("not connected");
  return db.collection<{ _id: string }>("things");
}

const modeOf = async (name: string) => ((await stat(join(dataDir, name))).mode & 0o777).toString(8);

function becomes(of: Database, wanted: boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = of.onAvailabilityChange((available) => {
      if (available !== wanted) return;
      stop();
      resolve();
    });
  });
}

describe("the embedded MongoDB", () => {
  it(
    "is a replica set with a password of its own, kept where only its owner reads it",
    async () => {
      const { connection } = await open();

      const hello = await connection.db?.admin().command({ hello: 1 });
      const { port } = await readState(embeddedPaths(dataDir));
      const stranger = new mongoose.mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`);

      expect(hello).toMatchObject({ setName: "parlance", isWritablePrimary: true });
      expect(await modeOf("mongodb.json")).toBe("600");
      expect(await modeOf("mongodb.key")).toBe("600");
      await expect(stranger.db("parlance").collection("things").find().toArray()).rejects.toMatchObject({ code: 13 });
      await stranger.close();
    },
    timeout,
  );

  it(
    "[I2] lets the server read and write one database only, runs no JavaScript, and ends long transactions after 5 s",
    async () => {
      const { connection } = await open();
      const db = connection.db;
      const client = connection.getClient();

      await expect(client.db("other").collection("things").insertOne({ name: "a" })).rejects.toMatchObject({
        code: 13,
      });
      await expect(db?.admin().command({ createUser: "eve", pwd: "x", roles: [] })).rejects.toMatchObject({ code: 13 });
      await expect(db?.collection("things").find({ $where: "true" }).toArray()).rejects.toThrow(
        /globalScriptEngine|javascript/i,
      );
      const commandLine = await readFile(`/proc/${database?.embeddedPid()}/cmdline`, "utf8");
      expect(commandLine).toContain("transactionLifetimeLimitSeconds=5");
      expect(commandLine).toContain("--bind_ip\x00127.0.0.1");
    },
    timeout,
  );

  it(
    "keeps its data over a stop and a start, also when somebody else has taken its port meanwhile",
    async () => {
      const first = await open();
      await things(first).insertOne({ _id: "kept" });
      const pid = first.embeddedPid() ?? 0;
      await first.close();
      const { port } = await readState(embeddedPaths(dataDir));
      // As most programs do with words that they do not understand. With one that stays silent, mongod waits some 30 s.
      const squatter = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
      await once(squatter, "listening");

      const second = await open();

      expect(isAlive(pid)).toBe(false);
      expect(await things(second).findOne({ _id: "kept" })).toEqual({ _id: "kept" });
      squatter.close();
    },
    timeout,
  );

  it(
    "is back within 10 s after kill -9, on the same port, with what was confirmed",
    async () => {
      const running = await open();
      const pid = running.embeddedPid() ?? 0;
      await things(running).insertOne({ _id: "confirmed" });
      const killedAt = Date.now();

      process.kill(pid, "SIGKILL");
      await becomes(running, false);
      await becomes(running, true);

      expect(Date.now() - killedAt).toBeLessThan(10_000);
      expect(running.embeddedPid()).not.toBe(pid);
      expect(await things(running).findOne({ _id: "confirmed" })).toEqual({ _id: "confirmed" });
    },
    timeout,
  );

  it(
    "replaces a mongod that hangs",
    async () => {
      const embedded = await startEmbedded({ config, log });
      const client = new mongoose.mongo.MongoClient(embedded.uri);
      const pid = embedded.pid();

      process.kill(pid, "SIGSTOP");
      embedded.replace("a test stopped it");
      await client.connect();

      expect(embedded.pid()).not.toBe(pid);
      await client.close();
      await embedded.close();
    },
    timeout,
  );

  it(
    "ends the mongod that a killed server left behind",
    async () => {
      const paths = embeddedPaths(dataDir);
      const { port } = await readState(paths);
      const orphan = await spawnMongod(testMongodBinary(), paths, port);
      await waitUntilListening(orphan, port);

      await open();

      expect(orphan.hasEnded()).toBe(true);
      expect(database?.embeddedPid()).not.toBe(orphan.pid);
    },
    timeout,
  );

  it(
    "refuses a second server on the same data, and the first one does not notice",
    async () => {
      const first = await open();
      await first.announce("http://127.0.0.1:3000");

      await expect(openDatabase({ config, log })).rejects.toThrow(
        `Parlance already runs on ${dataDir}: process ${process.pid} at http://127.0.0.1:3000.`,
      );

      await things(first).insertOne({ _id: "undisturbed" });
    },
    timeout,
  );

  it("refuses a mongod of another series than the data's, and changes nothing", async () => {
    const path = join(dataDir, "mongodb.json");
    const kept = await readFile(path, "utf8");
    const foreign = kept.replace(/"series": "[\d.]+"/, '"series": "5.0"');
    await writeFile(path, foreign);

    const start = openDatabase({ config, log });

    await expect(start).rejects.toBeInstanceOf(DatabaseError);
    await expect(start).rejects.toThrow(
      /was made by MongoDB 5\.0, and the mongod found is .* Set MONGOD_BINARY to a mongod 5\.0/,
    );
    expect(await readFile(path, "utf8")).toBe(foreign);
    await writeFile(path, kept);
  });

  it(
    "says in one line why it does not start, and leaves nothing locked",
    async () => {
      const paths = embeddedPaths(dataDir);
      const broken = readConfig(
        { DATA_DIR: join(dataDir, "broken"), MONGOD_BINARY: testMongodBinary() },
        process.cwd(),
      );
      await mkdir(join(broken.dataDir, "mongodb"), { recursive: true });
      await cp(paths.state, join(broken.dataDir, "mongodb.json"));
      await writeFile(join(broken.dataDir, "mongodb", "WiredTiger"), "damaged");
      await writeFile(join(broken.dataDir, "mongodb", "storage.bson"), "damaged");

      const start = openDatabase({ config: broken, log });

      await expect(start).rejects.toThrow(/^The embedded MongoDB does not start: [^\n]+$/);
      await expect(stat(join(broken.dataDir, "server.lock"))).rejects.toMatchObject({ code: "ENOENT" });
    },
    timeout,
  );
});
