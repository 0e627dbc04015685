/** Two people talk while their server and its database are killed, ten times. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createChatClient } from "../../client/sdk/chat-client.js";
import { createCookieFetch } from "../../client/sdk/node/cookie-fetch.js";
import type { ChatClient, RoomState } from "../../client/sdk/types.js";
import type { Entry } from "../../src/protocol/entries.js";
import { mongodPids, startServerProcess, type ServerProcess } from "./server-process.js";
import { until } from "./until.js";

const KILLS = 10;
/** Acknowledged between one kill and the next. */
const MESSAGES_BETWEEN = 20;
const SEND_EVERY_MS = 60;
const PASSWORD = "correct horse battery staple";

let dataDir: string;
let port: number;
let server: ServerProcess;
const clients: ChatClient[] = [];

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("The probe has no port.");
  return address.port;
}

/** Starts the server; people who see that it is back do not wait for the next try. */
async function start(): Promise<ServerProcess> {
  const started = await startServerProcess({ PORT: String(port), DATA_DIR: dataDir });
  for (const client of clients) client.retryNow();
  return started;
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parlance-kill-"));
  port = await freePort();
  server = await start();
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.close();
  const code = await server.stop();
  await rm(dataDir, { recursive: true, force: true });
  expect(code).toBe(0);
}, 60_000);

async function person(username: string): Promise<ChatClient> {
  const client = createChatClient({ url: `http://127.0.0.1:${port}`, fetch: createCookieFetch() });
  clients.push(client);
  await client.register({ username, password: PASSWORD });
  return client;
}

const roomOf = (client: ChatClient, roomId: string): RoomState | undefined => client.getState().rooms?.get(roomId);
const rowsOf = (client: ChatClient, roomId: string) => roomOf(client, roomId)?.rows ?? [];
const entriesOf = (client: ChatClient, roomId: string): Entry[] =>
  rowsOf(client, roomId).flatMap((row) => (row.kind === "entry" ? [row.entry] : []));
const textsOf = (entries: readonly Entry[]) =>
  entries.flatMap((entry) => (entry.kind === "message" ? [entry.text] : []));

/** Sends numbered messages until told to stop. */
function chatter(client: ChatClient, roomId: string, name: string): { sent: string[]; stop(): void } {
  const sent: string[] = [];
  const timer = setInterval(() => {
    sent.push(`${name} ${sent.length + 1}`);
    client.send(roomId, sent.at(-1) as string);
  }, SEND_EVERY_MS);
  return { sent, stop: () => clearInterval(timer) };
}

async function killMongod(): Promise<void> {
  const pids = await mongodPids(dataDir);
  expect(pids).toHaveLength(1);
  for (const pid of pids) process.kill(pid, "SIGKILL");
}

/** The server, its database, or both, one after the other. */
const KILLINGS = [
  async () => {
    await server.kill();
    server = await start();
  },
  killMongod,
  async () => {
    await Promise.all([server.kill(), killMongod()]);
    server = await start();
  },
];

it("[L1] [L3] [L4] [S3] [G4] loses, doubles and reorders nothing while server and mongod are killed ten times", async () => {
  const ada = await person("ada");
  const grace = await person("grace");
  const { room } = await ada.createRoom({ name: "Harbour", kind: "public" });
  await grace.joinRoom(room.id);
  await until(grace, () => roomOf(grace, room.id) !== undefined);
  await Promise.all([ada.openRoom(room.id), grace.openRoom(room.id)]);
  const talk = [chatter(ada, room.id, "ada"), chatter(grace, room.id, "grace")] as const;

  for (let kill = 0; kill < KILLS; kill++) {
    const before = entriesOf(grace, room.id).length;
    await until(grace, () => entriesOf(grace, room.id).length >= before + MESSAGES_BETWEEN);
    await (KILLINGS[kill % KILLINGS.length] as () => Promise<void>)();
  }
  for (const { stop } of talk) stop();
  const count = talk[0].sent.length + talk[1].sent.length;
  for (const client of [ada, grace]) {
    await until(client, () => {
      const rows = rowsOf(client, room.id);
      return rows.every(({ kind }) => kind === "entry") && textsOf(entriesOf(client, room.id)).length >= count;
    });
  }

  const [seen, seenByGrace] = [entriesOf(ada, room.id), entriesOf(grace, room.id)];
  const texts = textsOf(seen);
  expect(seenByGrace.filter(({ seq }) => seq > 2)).toEqual(seen.filter(({ seq }) => seq > 2));
  expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
  expect(texts.filter((text) => text.startsWith("ada"))).toEqual(talk[0].sent);
  expect(texts.filter((text) => text.startsWith("grace"))).toEqual(talk[1].sent);
  expect(seen.map(({ sentAt }) => sentAt)).toEqual(seen.map(({ sentAt }) => sentAt).sort());
  console.log(`${count} messages, ${KILLS} kills`);
}, 240_000);
