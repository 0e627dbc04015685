/** A mongod of one's own, on temporary files: for tests that pause, kill and restart it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mongo } from "mongoose";
import { testMongodBinary } from "./mongod/index.js";

export interface OwnMongod {
  /** a database on it */
  uri: string;
  /** Starts it, also again after `kill`, and waits until it is primary. */
  start(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** It takes connections no more, nor answers, but keeps those that it has. */
  pause(): void;
  resume(): void;
}

const made = new Set<{ kill(): Promise<void>; dir: string }>();

afterAll(async () => {
  for (const { kill, dir } of made) {
    await kill();
    await rm(dir, { recursive: true, force: true });
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Makes one that is not started yet. */
export async function createOwnMongod(): Promise<OwnMongod> {
  const dir = await mkdtemp(join(tmpdir(), "parlance-mongod-"));
  const host = `127.0.0.1:${await freePort()}`;
  const args = ["--replSet", "own", "--bind_ip", "127.0.0.1", "--port", host.split(":")[1] ?? "", "--dbpath", dir];
  let child: ChildProcess | null = null;
  let initiated = false;

  async function kill(): Promise<void> {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    running.kill("SIGKILL");
    await once(running, "exit");
  }
  made.add({ kill, dir });

  return {
    uri: `mongodb://${host}/test?replicaSet=own`,
    async start() {
      child = spawn(testMongodBinary(), [...args, "--wiredTigerCacheSizeGB", "0.25", "--quiet"], { stdio: "ignore" });
      // The driver waits until it listens.
      const client = new mongo.MongoClient(`mongodb://${host}/?directConnection=true`);
      await client.connect();
      if (!initiated) {
        await client.db("admin").command({ replSetInitiate: { _id: "own", members: [{ _id: 0, host }] } });
        initiated = true;
      }
      await client.close();
      const primary = new mongo.MongoClient(`mongodb://${host}/?replicaSet=own`);
      await primary.connect();
      await primary.close();
    },
    kill,
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
  };
}
