/** The HTTP edge with real accounts on a real database, without rooms and sockets: what the tests of both talk to. */
import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Connection } from "mongoose";
import { createAccounts, type Accounts } from "../../src/accounts/accounts.js";
import { deriveKeys, type Keys } from "../../src/accounts/credentials/secret.js";
import { createApp, type AppDeps } from "../../src/http/app.js";
import { createHttpServer } from "../../src/http/http-server.js";
import { endpoints, type EndpointName } from "../../src/protocol/endpoints/index.js";
import type { Handlers } from "../../src/http/route.js";
import { watchConnection } from "../../src/infra/database/connection.js";
import { ensureIndexes } from "../../src/infra/database/indexes.js";
import { isTransientDatabaseError } from "../../src/infra/database/index.js";
import { createLogger } from "../../src/infra/logger.js";
import { createMetrics } from "../../src/infra/metrics.js";
import type { Problem, User } from "../../src/protocol/shapes.js";
import { testDatabaseUri } from "./mongod/index.js";

export interface CallOptions {
  token?: string;
  cookie?: string;
  headers?: Record<string, string>;
  /** sent as JSON */
  body?: unknown;
  /** sent as it is */
  raw?: string | Buffer;
}

export interface CallAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** the answer's JSON; undefined when it has none */
  body: unknown;
}

type Settings = AppDeps["config"] & Parameters<typeof createAccounts>[0]["config"];

export interface EdgeOptions {
  config?: Partial<Settings>;
  app?: Partial<Omit<AppDeps, "config" | "handlers">>;
  handlers?: Partial<Handlers>;
}

export interface Edge {
  url: string;
  port: number;
  accounts: Accounts;
  keys: Keys;
  connection: Connection;
  /** every log line so far */
  logs: Record<string, unknown>[];
  ended: { userId: string; sessionId: string }[];
  changed: User[];
  /** moves the server's clock on */
  advance: (ms: number) => void;
  call: (method: string, path: string, options?: CallOptions) => Promise<CallAnswer>;
  close: () => Promise<void>;
}

/** Nothing here is a secret. */
const SECRET = "a-secret-for-tests-only-".repeat(2);

function settings(overrides: Partial<Settings> = {}): Settings {
  const rates = { authPerMinute: 1_000, requestsPerMinute: 10_000 };
  return {
    publicUrl: null,
    allowedOrigins: [],
    trustProxy: 0,
    rates,
    bcryptCost: 4,
    registration: "open",
    ...overrides,
  };
}

/** Handlers for the calls of other folders: they fail when a test reaches them. */
function unusedHandlers(): Handlers {
  const unused = () => Promise.reject(new Error("This call is not part of the test."));
  const names = Object.keys(endpoints) as EndpointName[];
  return Object.fromEntries(names.map((name) => [name, unused])) as unknown as Handlers;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One request over a connection of its own; unlike fetch it sends any header, and a body with any method. */
export async function callHttp(
  port: number,
  method: string,
  path: string,
  { token, cookie, headers = {}, body, raw }: CallOptions = {},
): Promise<CallAnswer> {
  const payload = body === undefined ? raw : JSON.stringify(body);
  const request = httpRequest({
    host: "127.0.0.1",
    port,
    method,
    path,
    agent: false,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(payload === undefined ? {} : { "Content-Length": String(Buffer.byteLength(payload)) }),
      ...headers,
    },
  });
  const answered = once(request, "response");
  request.end(payload);
  const [response] = (await answered) as [import("node:http").IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  return { status: response.statusCode ?? 0, headers: response.headers, text, body: parseJson(text) };
}

/** Starts it on a free port and a database of its own. */
export async function startEdge({ config: overrides, app: parts, handlers }: EdgeOptions = {}): Promise<Edge> {
  const logs: Record<string, unknown>[] = [];
  const log = createLogger("debug", { write: (line) => logs.push(JSON.parse(line) as Record<string, unknown>) });
  const database = watchConnection(testDatabaseUri(), createLogger("silent"));
  await database.ready;
  const { connection } = database;
  const config = settings(overrides);
  const keys = deriveKeys(SECRET);
  const metrics = createMetrics();
  const ended: Edge["ended"] = [];
  const changed: User[] = [];
  let offsetMs = 0;

  const accounts = createAccounts({
    connection,
    config,
    log,
    keys,
    now: () => Date.now() + offsetMs,
    onSessionEnded: (session) => ended.push(session),
    onUserChanged: (user) => changed.push(user),
  });
  await ensureIndexes(accounts.models, new AbortController().signal);
  const app = createApp({
    config,
    log,
    metrics,
    handlers: { ...unusedHandlers(), ...accounts.handlers, ...handlers },
    authenticate: accounts.authenticate,
    cookieSession: accounts.cookieSession,
    isAvailable: () => true,
    readiness: () => ({ ready: true, reason: "" }),
    isDatabaseError: isTransientDatabaseError,
    webClientDir: null,
    ...parts,
  });
  const server = createHttpServer(app);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    accounts,
    keys,
    connection,
    logs,
    ended,
    changed,
    advance: (ms) => {
      offsetMs += ms;
    },
    call: (method, path, options) => callHttp(port, method, path, options),
    close: async () => {
      server.close();
      await once(server, "close");
      await accounts.close();
      metrics.close();
      await connection.dropDatabase();
      await database.close();
    },
  };
}

/** The problem that a call was answered with. */
export const problemOf = (answer: CallAnswer): Problem => answer.body as Problem;

/** What a refused call came to, in one value to compare. */
export const refusal = (answer: CallAnswer) => ({ status: answer.status, code: problemOf(answer).code });
