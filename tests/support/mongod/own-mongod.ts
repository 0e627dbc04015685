/** A mongod of a test's own, for what the shared one must not go through: no replica set, passwords, pauses, a death. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mongo } from "mongoose";
import { waitUntilListening } from "../../../src/infra/database/embedded/mongod-process.js";
import { choosePort } from "../../../src/infra/database/embedded/state.js";
import { testMongodBinary } from "./index.js";

export interface OwnMongod {
  readonly port: number;
  readonly host: string;
  /** Starts it and waits until it listens; after a `kill` on the same files and port. */
  start(): Promise<void>;
  /** Ends it at once, as `kill -9` and a power cut do. */
  kill(): Promise<void>;
  /** It takes connections no more, nor answers, but keeps those that it has. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its files. What a test does not close is closed after all tests of its file. */
  close(): Promise<void>;
}

/** One that is a replica set by itself. */
export interface OwnReplicaSet extends OwnMongod {
  /** a database on it */
  readonly uri: string;
}

const made = new Set<OwnMongod>();

afterAll(async () => {
  for (const mongod of made) await mongod.close();
});

/**
 * Makes one that is not started yet.
 *
 * @param args - for mongod, besides files and address
 */
export async function createOwnMongod(args: readonly string[] = [], port?: number): Promise<OwnMongod> {
  const files = await mkdtemp(join(tmpdir(), "parlance-mongod-"));
  const chosen = port ?? (await choosePort(0));
  const place = ["--dbpath", files, "--port", String(chosen), "--bind_ip", "127.0.0.1", "--nounixsocket"];
  let child: ChildProcess | null = null;

  async function kill(): Promise<void> {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, "exit");
    running.kill("SIGKILL");
    await ended;
  }

  const mongod: OwnMongod = {
    port: chosen,
    host: `127.0.0.1:${chosen}`,
    async start() {
      const started = spawn(testMongodBinary(), [...place, "--wiredTigerCacheSizeGB", "0.25", "--quiet", ...args], {
        stdio: "ignore",
      });
      child = started;
      const ended = once(started, "exit").then(() => undefined);
      const hasEnded = () => started.exitCode !== null || started.signalCode !== null;
      if (!(await waitUntilListening({ ended, hasEnded }, chosen))) throw new Error("mongod did not start");
    },
    kill,
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    async close() {
      made.delete(mongod);
      await kill();
      await rm(files, { recursive: true, force: true });
    },
  };
  made.add(mongod);
  return mongod;
}

/** Makes one that is not started yet; its start waits until it is primary. */
export async function createOwnReplicaSet(): Promise<OwnReplicaSet> {
  const mongod = await createOwnMongod(["--replSet", "own"]);
  const { host } = mongod;
  let initiated = false;
  return {
    ...mongod,
    uri: `mongodb://${host}/test?replicaSet=own`,
    async start() {
      await mongod.start();
      if (!initiated) await initiate(mongod, "own");
      initiated = true;
      const primary = new mongo.MongoClient(`mongodb://${host}/?replicaSet=own`);
      await primary.connect();
      await primary.close();
    },
  };
}

/**
 * Makes it the one member of a replica set.
 *
 * @param more - other fields of the set's configuration
 */
export async function initiate({ host }: OwnMongod, name: string, more: Record<string, unknown> = {}): Promise<void> {
  const client = new mongo.MongoClient(`mongodb://${host}/?directConnection=true`);
  await client.db("admin").command({ replSetInitiate: { _id: name, members: [{ _id: 0, host }], ...more } });
  await client.close();
}
