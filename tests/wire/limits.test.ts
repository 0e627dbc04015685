/** What is too much is refused, and says when to come back. */
import { randomUUID } from "node:crypto";
import type { AckError } from "../../src/protocol/events.js";
import { createClients, type Answer, type CallOptions } from "../support/clients.js";
import { startTestServer } from "../support/server.js";
import { connectSocket, handshakeError } from "../support/sockets.js";

/** A server with these settings, and one user with a room. */
async function serverWith(settings: Record<string, string>) {
  const server = await startTestServer(settings);
  const clients = createClients(server);
  const ada = await clients.registerUser("ada");
  const { room } = await ada.createRoom();
  const path = `/rooms/${room.id}/messages`;
  return { server, clients, ada, roomId: room.id, path };
}

function expectLimitHeaders({ status, headers }: Answer<unknown>, name: string, limit: number): void {
  expect(status).toBe(429);
  expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(Number(headers.get("Retry-After"))).toBeLessThanOrEqual(60);
  expect(headers.get("RateLimit-Policy")).toContain(`"${name}"; q=${limit}; w=60`);
  expect(headers.get("RateLimit")).toMatch(new RegExp(`"${name}"; r=0; t=\\d+`));
}

it("RATE_MESSAGES: a user's sends over all tabs and both transports share one bucket, which refills", async () => {
  const { ada, roomId, path } = await serverWith({ RATE_MESSAGES_PER_SECOND: "1", RATE_MESSAGES_BURST: "6" });
  const [one, two] = await Promise.all([ada.connect(), ada.connect()]);
  const bySocket = (socket: typeof one, clientId: string) =>
    socket.emitRaw("message:send", { roomId, clientId, text: "words" });

  for (const socket of [one, two, one, two]) await socket.send(roomId, "words");
  for (let count = 0; count < 2; count++) expect((await ada.call("POST", path, { text: "words" })).status).toBe(201);
  const clientId = randomUUID();
  const refused = await bySocket(two, clientId);
  const rest = await ada.call<{ code: string }>("POST", path, { text: "words" });

  expect(refused).toMatchObject({ ok: false, error: { code: "rate_limited" } });
  const { retryAfterMs = 0 } = (refused as { error: AckError }).error;
  expect(retryAfterMs).toBeGreaterThan(0);
  expect(retryAfterMs).toBeLessThanOrEqual(1_000);
  expect([rest.status, rest.body.code, rest.headers.get("Retry-After")]).toEqual([429, "rate_limited", "1"]);
  // [L7] It was not carried out: the same clientId is taken once there is a token again.
  let ack = refused;
  while (!ack.ok) ack = await bySocket(one, clientId);
  expect(ack.data).toMatchObject({ clientId, seq: 8 });
});

it("RATE_EVENTS_PER_SECOND: each socket has its own bucket, and one refusal ends nothing", async () => {
  const { ada } = await serverWith({ RATE_EVENTS_PER_SECOND: "5" });
  const [one, two] = await Promise.all([ada.connect(), ada.connect()]);

  const acks = await Promise.all(Array.from({ length: 10 }, () => one.emitRaw("sync", { heads: {} })));
  const other = await two.emitRaw("sync", { heads: {} });

  const refused = acks.flatMap((ack) => (ack.ok ? [] : [ack.error]));
  expect(refused).toHaveLength(5);
  for (const { code, retryAfterMs } of refused) {
    expect(code).toBe("rate_limited");
    expect(retryAfterMs).toBeGreaterThan(0);
  }
  expect(other.ok).toBe(true);
  expect(one.disconnected()).toBeNull();
});

it("[G9] a socket may wait for 64 answers; beyond: unavailable, with retryAfterMs", async () => {
  const { ada, roomId } = await serverWith({});
  const socket = await ada.connect();

  const acks = await Promise.all(
    Array.from({ length: 80 }, () => socket.emitRaw("message:send", { roomId, clientId: randomUUID(), text: "words" })),
  );

  const refused = acks.flatMap((ack) => (ack.ok ? [] : [ack.error]));
  expect(refused).not.toHaveLength(0);
  for (const error of refused) {
    expect(error).toMatchObject({ code: "unavailable", retryAfterMs: expect.any(Number) as number });
  }
  expect(acks.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(64);
});

it("RATE_CONNECTIONS_PER_MINUTE: the handshake is refused with rate_limited, for whoever comes from the address", async () => {
  const { server, clients, ada } = await serverWith({ RATE_CONNECTIONS_PER_MINUTE: "3" });
  const bob = await clients.registerUser("bob");
  await Promise.all([ada.connect(), ada.connect(), bob.connect()]);

  const refused = await handshakeError(server.url, bob.token);

  expect(refused).toMatchObject({ code: "rate_limited" });
  expect(refused.retryAfterMs).toBeGreaterThan(10_000);
  expect(refused.retryAfterMs).toBeLessThanOrEqual(20_000);
});

it("RATE_CONNECTIONS_PER_MINUTE: behind a proxy that is trusted the address is the client's", async () => {
  const { server, ada } = await serverWith({ RATE_CONNECTIONS_PER_MINUTE: "1", TRUST_PROXY: "1" });
  const from = (address: string) => ({ extraHeaders: { "X-Forwarded-For": address } });

  await connectSocket(server.url, ada.token, from("192.0.2.1"));
  await connectSocket(server.url, ada.token, from("192.0.2.2"));

  expect(await handshakeError(server.url, ada.token, from("192.0.2.1"))).toMatchObject({ code: "rate_limited" });
});

it("RATE_REQUESTS_PER_MINUTE: counted by user; Retry-After, RateLimit and RateLimit-Policy say when to come back", async () => {
  const { clients, ada } = await serverWith({ RATE_REQUESTS_PER_MINUTE: "5" });
  const bob = await clients.registerUser("bob");
  for (let count = 0; count < 4; count++) expect((await ada.call("GET", "/rooms")).status).toBe(200);

  const refused = await ada.call<{ code: string }>("GET", "/rooms");

  expectLimitHeaders(refused, "requests", 5);
  expect(refused.body.code).toBe("rate_limited");
  expect((await bob.call("GET", "/rooms")).status).toBe(200);
});

it("RATE_REQUESTS_PER_MINUTE: whoever is not logged in is counted by address, a bad token as well", async () => {
  const { clients } = await serverWith({ RATE_REQUESTS_PER_MINUTE: "3" });
  const guesses = [{ token: "one" }, { token: "two" }, {}, { token: "three" }];

  const codes: string[] = [];
  for (const options of guesses) codes.push((await clients.refusal("GET", "/me", options)).code);

  expect(codes).toEqual(["unauthenticated", "unauthenticated", "unauthenticated", "rate_limited"]);
});

describe("RATE_AUTH_PER_MINUTE", () => {
  const login = (username: string, password = "wrong words"): CallOptions => ({ body: { username, password } });

  it("counts logins by address", async () => {
    const { clients } = await serverWith({ RATE_AUTH_PER_MINUTE: "4" });
    for (let count = 0; count < 3; count++) {
      const refused = await clients.refusal("POST", "/auth/login", login(`nobody${count}`));
      expect(refused).toEqual({ status: 401, code: "invalid_credentials" });
    }

    expectLimitHeaders(await clients.call("POST", "/auth/login", login("nobody9")), "auth-by-address", 4);
  });

  it("counts logins by account, from wherever they come, however the name is written", async () => {
    const { clients, ada } = await serverWith({ RATE_AUTH_PER_MINUTE: "3", TRUST_PROXY: "1" });
    const from = (address: string, options: CallOptions) => ({ ...options, headers: { "X-Forwarded-For": address } });
    for (const address of ["192.0.2.1", "192.0.2.2"]) {
      const refused = await clients.refusal("POST", "/auth/login", from(address, login(ada.username.toUpperCase())));
      expect(refused.code).toBe("invalid_credentials");
    }

    // Registering was the first of three.
    const fourth = await clients.call("POST", "/auth/login", from("192.0.2.3", login(ada.username)));
    const other = await clients.refusal("POST", "/auth/login", from("192.0.2.3", login("somebody-else")));

    expectLimitHeaders(fourth, "auth-by-account", 3);
    expect(other.code).toBe("invalid_credentials");
  });
});

it("renewing has a limit of its own per session", async () => {
  const { clients, ada } = await serverWith({ RATE_REQUESTS_PER_MINUTE: "10" });
  const other = await clients.logIn(ada);
  const renew = async (cookie: string) => await clients.call("POST", "/auth/refresh", { cookie });
  for (let count = 0; count < 30; count++) expect((await renew(ada.cookie)).status).toBe(200);

  expectLimitHeaders(await renew(ada.cookie), "refresh", 30);
  expect((await renew(other.cookie)).status).toBe(200);
});
