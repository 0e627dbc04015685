/** While the database is away every call says `unavailable`, and all goes on by itself when it is back [L7]. */
import { randomUUID } from "node:crypto";
import type { Entry } from "../../src/protocol/entries.js";
import type { AckError } from "../../src/protocol/events.js";
import { createClients, type Clients, type TestUser } from "../support/clients.js";
import { createOwnReplicaSet, type OwnReplicaSet } from "../support/mongod/own-mongod.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { handshakeError } from "../support/sockets.js";

let mongod: OwnReplicaSet;
let server: TestServer;
let clients: Clients;
let ada: TestUser;
let roomId: string;

beforeAll(async () => {
  mongod = await createOwnReplicaSet();
  await mongod.start();
  server = await startTestServer({ MONGODB_URI: mongod.uri });
  clients = createClients(server);
  ada = await clients.registerUser("ada");
  roomId = (await ada.createRoom()).room.id;
}, 60_000);

const readyStatus = async () => (await fetch(`${server.url}/readyz`)).status;

/** Asks until the server knows; each round trip gives it time to. */
async function untilReadyIs(status: number): Promise<void> {
  const deadline = Date.now() + 25_000;
  while ((await readyStatus()) !== status) {
    if (Date.now() > deadline) throw new Error(`/readyz never answered ${status}`);
  }
}

const log = async () => (await ada.call<{ entries: Entry[]; head: number }>("GET", `/rooms/${roomId}/log`)).body;

it("[L7] killed: REST, sockets and handshakes say unavailable and nobody is told to log in again; then all goes on", async () => {
  const socket = await ada.connect();
  const first = await socket.send(roomId, "before");

  await mongod.kill();
  await untilReadyIs(503);

  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  for (const [method, path, body] of [
    ["GET", "/me"],
    ["GET", `/rooms/${roomId}/messages`],
    ["POST", `/rooms/${roomId}/messages`, { text: "hello?" }],
    ["POST", "/rooms", { name: "room", kind: "public" }],
  ] as const) {
    const answer = await ada.call<{ code: string }>(method, path, body);
    expect([answer.status, answer.body.code]).toEqual([503, "unavailable"]);
    expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
  }
  const login = { body: { username: ada.username, password: ada.password } };
  expect(await clients.refusal("POST", "/auth/login", login)).toMatchObject({ code: "unavailable" });
  expect(await clients.refusal("POST", "/auth/refresh", { cookie: ada.cookie })).toMatchObject({ code: "unavailable" });
  expect(await clients.refusal("GET", "/me", { token: "bad" })).toMatchObject({ code: "unavailable" });
  expect(await handshakeError(server.url, ada.token)).toMatchObject({
    code: "unavailable",
    retryAfterMs: expect.any(Number) as number,
  });
  expect((await clients.call("GET", "/server")).status).toBe(200);
  const clientId = randomUUID();
  const refused = await socket.refusal("message:send", { roomId, clientId, text: "during" });
  expect(refused).toMatchObject({ code: "unavailable", retryAfterMs: expect.any(Number) as number });
  expect(socket.disconnected()).toBeNull();

  await mongod.start();
  await untilReadyIs(200);

  const second = await socket.send(roomId, "during", clientId);
  await socket.waitFor(() => socket.entries(roomId).length >= 2);
  expect(socket.entries(roomId)).toEqual([first, second]);
  expect((await log()).entries.slice(1)).toEqual([first, second]);
  await (await ada.connect()).settled();
}, 90_000);

it("[L3] [L7] paused: nothing is pushed or acked before it is confirmed, and a repeat finds what was stored", async () => {
  const [socket, other] = await Promise.all([ada.connect(), ada.connect()]);
  const { head } = await log();
  const clientIds = [randomUUID(), randomUUID()];

  mongod.pause();
  const refusals: AckError[] = [];
  try {
    const acks = clientIds.map((clientId, index) =>
      socket.refusal("message:send", { roomId, clientId, text: `paused ${index}` }),
    );
    refusals.push(...(await Promise.all(acks)));
    // An answer to something else: all that the server had to say until now is here.
    await other.refusal("message:send", {});
    expect([socket.entries(roomId), other.entries(roomId)]).toEqual([[], []]);
    expect(await readyStatus()).toBe(503);
  } finally {
    mongod.resume();
  }
  await untilReadyIs(200);

  expect(refusals.map(({ code }) => code)).toEqual(["unavailable", "unavailable"]);
  const entries = await Promise.all(
    clientIds.map((clientId, index) => socket.send(roomId, `paused ${index}`, clientId)),
  );
  await other.waitFor(() => other.entries(roomId).length >= 2);
  expect(entries.map(({ seq }) => seq).toSorted()).toEqual([head + 1, head + 2]);
  expect(other.entries(roomId).map(({ seq }) => seq)).toEqual([head + 1, head + 2]);
  expect((await log()).head).toBe(head + 2);
}, 90_000);

it("[L7] paused: a handshake that waits for the database is told unavailable before its connection would be closed", async () => {
  mongod.pause();
  let refused: AckError;
  try {
    // The server has not noticed yet: it asks the database, and no answer comes.
    expect(await readyStatus()).toBe(200);
    refused = await handshakeError(server.url, ada.token);
  } finally {
    mongod.resume();
  }
  await untilReadyIs(200);

  expect(refused).toMatchObject({ code: "unavailable", retryAfterMs: expect.any(Number) as number });
  await (await ada.connect()).settled();
}, 60_000);

it("[L7] a server that starts before its database serves as soon as it is there, and shows no empty history until then", async () => {
  const late = await createOwnReplicaSet();
  const early = await startTestServer({ MONGODB_URI: late.uri }, { ready: false });
  const own = createClients(early);

  expect((await fetch(`${early.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${early.url}/readyz`)).status).toBe(503);
  expect(await own.refusal("GET", "/server")).toMatchObject({ code: "unavailable" });
  expect(await own.refusal("GET", "/me", { token: ada.token })).toMatchObject({ code: "unavailable" });
  expect(await handshakeError(early.url, ada.token)).toMatchObject({ code: "unavailable" });
  await late.start();
  await early.ready;

  const user = await own.registerUser();
  await (await user.connect()).settled();
  expect((await fetch(`${early.url}/readyz`)).status).toBe(200);
  await early.close();
}, 60_000);
