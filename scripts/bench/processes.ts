/** The processes that are measured: mongod, and one server at a time. Each is ended by whoever started it. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { mongo } from "mongoose";
import { readProcessConfig } from "../../src/infra/config.js";
import { choosePort } from "../../src/infra/database/embedded/state.js";
import { findMongod } from "../../src/infra/database/mongod/find.js";
import type { Protocol } from "./load/clients.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const logs = join(root, "reports/bench");
const STOP_MS = 20_000;

export interface Running {
  pid: number;
  stop(): Promise<void>;
}

export interface Mongod extends Running {
  /** with the replica set, without a database */
  uri: string;
}

export interface Server extends Running {
  port: number;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const tooLong = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(tooLong);
}

let binary: Promise<string> | null = null;

/** The mongod that the server itself would take. */
async function mongodBinary(): Promise<string> {
  binary ??= findMongod({
    places: readProcessConfig(root).mongod,
    series: null,
    say: (line) => console.error(line),
  }).then(({ path }) => path);
  return await binary;
}

/** A replica set of one on empty files, with the settings of the embedded MongoDB that cost or save time. */
export async function startMongod(): Promise<Mongod> {
  const files = await mkdtemp(join(tmpdir(), "parlance-bench-"));
  const port = await choosePort(0);
  const child = spawn(
    await mongodBinary(),
    [
      ...["--dbpath", files, "--port", String(port), "--bind_ip", "127.0.0.1", "--nounixsocket"],
      ...["--replSet", "bench", "--oplogSize", "512", "--wiredTigerCacheSizeGB", "0.5", "--noscripting"],
      ...["--quiet", "--slowms", "1000", "--setParameter", "diagnosticDataCollectionEnabled=false"],
    ],
    { stdio: "ignore" },
  );
  const host = `127.0.0.1:${port}`;
  const direct = new mongo.MongoClient(`mongodb://${host}/?directConnection=true`);
  await direct.connect();
  await direct.db("admin").command({ replSetInitiate: { _id: "bench", members: [{ _id: 0, host }] } });
  await direct.close();
  const uri = `mongodb://${host}/?replicaSet=bench`;
  const primary = new mongo.MongoClient(uri);
  await primary.connect();
  await primary.close();
  return {
    uri,
    pid: Number(child.pid),
    async stop() {
      await stop(child);
      await rm(files, { recursive: true, force: true });
    },
  };
}

/** Settings that do not bite; everything else is as a new installation has it. */
const PARLANCE_SETTINGS = {
  BCRYPT_COST: "4",
  RATE_AUTH_PER_MINUTE: "1000000",
  RATE_REQUESTS_PER_MINUTE: "10000000",
  RATE_MESSAGES_PER_SECOND: "100000",
  RATE_MESSAGES_BURST: "100000",
  RATE_EVENTS_PER_SECOND: "100000",
  RATE_CONNECTIONS_PER_MINUTE: "1000000",
  // One for all servers of a run: tokens outlive a restart.
  JWT_SECRET: randomBytes(48).toString("base64url"),
};

const PROGRAMS: Record<Protocol, { file: string; readyLine: RegExp }> = {
  parlance: { file: "dist/main.js", readyLine: /is ready/ },
  tutorial: { file: "scripts/bench/servers/tutorial.mjs", readyLine: /^ready/ },
  bare: { file: "scripts/bench/servers/bare.mjs", readyLine: /^ready/ },
};

/** The address of one database on `mongod`. */
export function databaseUri(mongod: Mongod, database: string): string {
  const uri = new URL(mongod.uri);
  uri.pathname = `/${database}`;
  return uri.href;
}

/**
 * Starts a server as its users would, its log going into a file.
 *
 * @param options.node - more arguments for Node, to profile it for instance
 */
export async function startServer(
  protocol: Protocol,
  mongod: Mongod,
  { database, node = [] }: { database: string; node?: readonly string[] },
): Promise<Server> {
  const { file, readyLine } = PROGRAMS[protocol];
  const port = await choosePort(0);
  const dataDir = await mkdtemp(join(tmpdir(), "parlance-bench-data-"));
  mkdirSync(logs, { recursive: true });
  const log = createWriteStream(join(logs, `${protocol}.log`));
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--import", join(root, "scripts/bench/servers/collect-on-signal.mjs"), ...node, join(root, file)],
    {
      // Away from the clone: a .env there is somebody's own.
      cwd: dataDir,
      env: {
        PATH: process.env["PATH"],
        NODE_ENV: "production",
        PORT: String(port),
        ...(protocol === "parlance"
          ? { ...PARLANCE_SETTINGS, DATA_DIR: dataDir, MONGODB_URI: databaseUri(mongod, database) }
          : { MONGO: mongod.uri, DB: database }),
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  child.stderr.pipe(log);
  child.stdout.pipe(log, { end: false });
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) =>
      reject(new Error(`${protocol} ended with ${code}; see reports/bench/${protocol}.log`)),
    );
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (line) => {
        if (readyLine.test(line)) resolve();
      });
    }
  });
  return {
    port,
    pid: Number(child.pid),
    async stop() {
      await stop(child);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
