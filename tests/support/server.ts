/** A whole server on a port, a database and a folder of its own. What a test file starts is closed after it. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import { deriveKeys, type Keys } from "../../src/accounts/credentials/secret.js";
import { readConfig } from "../../src/infra/config.js";
import { createLogger } from "../../src/infra/logger.js";
import { startServer, type StartOptions } from "../../src/server.js";
import { testDatabaseUri } from "./mongod/index.js";
// Hooks run in the order in which they are defined: clients go before their servers.
import "./sockets.js";

export interface TestServer {
  url: string;
  /** its database */
  uri: string;
  /** those of its JWT_SECRET, to make tokens that it takes for its own */
  keys: Keys;
  /** every log line so far */
  logs: Record<string, unknown>[];
  /** once the database is there and calls are served */
  ready: Promise<void>;
  close(): Promise<void>;
}

/** Nobody meets a limit unless the test sets it. */
const SETTINGS = {
  PORT: "0",
  BCRYPT_COST: "4",
  RATE_AUTH_PER_MINUTE: "100000",
  RATE_REQUESTS_PER_MINUTE: "1000000",
  RATE_MESSAGES_PER_SECOND: "100000",
  RATE_MESSAGES_BURST: "100000",
  RATE_EVENTS_PER_SECOND: "100000",
  RATE_CONNECTIONS_PER_MINUTE: "100000",
};

const running = new Set<TestServer>();

// A journey over real sockets and a real database takes its time on a busy machine.
jest.setTimeout(30_000);

afterAll(async () => {
  await Promise.all([...running].map((server) => server.close()));
});

/**
 * Starts a server and waits until it serves.
 *
 * @param settings environment variables that differ from `SETTINGS`
 * @param options `ready: false` returns while the database may still be away; `logParts` as in `startServer`
 */
export async function startTestServer(
  settings: Record<string, string> = {},
  { ready: waits = true, logParts }: { ready?: boolean } & Pick<StartOptions, "logParts"> = {},
): Promise<TestServer> {
  const uri = settings["MONGODB_URI"] ?? testDatabaseUri();
  const secret = settings["JWT_SECRET"] ?? randomBytes(32).toString("hex");
  const dataDir = await mkdtemp(join(tmpdir(), "parlance-test-"));
  const env = { ...SETTINGS, DATA_DIR: dataDir, ...settings, MONGODB_URI: uri, JWT_SECRET: secret };
  const logs: Record<string, unknown>[] = [];
  const log = createLogger("debug", { write: (line) => logs.push(JSON.parse(line) as Record<string, unknown>) });
  const config = readConfig(env, dataDir);
  const { url, ready, close } = await startServer({
    config,
    log,
    webClientDir: null,
    ...(logParts ? { logParts } : {}),
  });

  const server: TestServer = {
    url,
    uri,
    keys: deriveKeys(secret),
    logs,
    ready,
    async close() {
      if (!running.delete(server)) return;
      await close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  running.add(server);
  if (waits) await ready;
  return server;
}
