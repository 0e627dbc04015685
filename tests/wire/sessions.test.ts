/** The life of a socket's session: renewed, ended by logout, password, revocation, time, or too many sockets. */
import type { AckError } from "../../src/protocol/events.js";
import { createTokens } from "../../src/accounts/credentials/tokens.js";
import type { Session } from "../../src/protocol/shapes.js";
import { LIMITS } from "../../src/protocol/limits.js";
import { createClients, type Clients, type TestUser } from "../support/clients.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { handshakeError, type TestSocket } from "../support/sockets.js";

let server: TestServer;
let clients: Clients;
let ada: TestUser;

beforeAll(async () => {
  server = await startTestServer();
  clients = createClients(server);
});
beforeEach(async () => {
  ada = await clients.registerUser("ada");
});

const FIFTEEN_MINUTES_MS = 15 * 60_000;

/** A genuine access token that runs out in so many milliseconds, rounded up to a second. */
function tokenFor({ id, sessionId }: Pick<TestUser, "id" | "sessionId">, leftMs: number): string {
  const now = () => Math.ceil((Date.now() - FIFTEEN_MINUTES_MS + leftMs) / 1_000) * 1_000;
  return createTokens(server.keys, now).signAccess(id, sessionId);
}

/** What a socket was told last, once it is disconnected. */
async function endOf(socket: TestSocket) {
  const reason = await socket.waitFor(() => socket.disconnected());
  return { reason, last: socket.pushes.at(-1) };
}

const ended = (code: string) => ({ reason: "io server disconnect", last: { event: "session:ended", data: { code } } });

it("logging out ends the session's sockets, and its tokens at once; other sessions go on", async () => {
  const other = await clients.logIn(ada);
  const [socket, otherSocket] = await Promise.all([ada.connect(), other.connect()]);

  const answer = await ada.call("POST", "/auth/logout");

  expect(answer.status).toBe(204);
  expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^parlance_refresh=;.*Max-Age=0/)]);
  expect(await endOf(socket)).toEqual(ended("revoked"));
  expect(await ada.refusal("GET", "/me")).toEqual({ status: 401, code: "unauthenticated" });
  expect(await handshakeError(server.url, ada.token)).toMatchObject({ code: "unauthenticated" });
  expect(await clients.refusal("POST", "/auth/refresh", { cookie: ada.cookie })).toMatchObject({ status: 401 });
  await otherSocket.settled();
  expect(otherSocket.disconnected()).toBeNull();
});

it("logging out by the cookie alone ends the session as well", async () => {
  const socket = await ada.connect();

  await clients.call("POST", "/auth/logout", { cookie: ada.cookie });

  expect(await endOf(socket)).toEqual(ended("revoked"));
});

it("a changed password ends every other session and leaves the own one", async () => {
  const other = await clients.logIn(ada);
  const [socket, otherSocket] = await Promise.all([ada.connect(), other.connect()]);

  const wrong = await ada.refusal("POST", "/me/password", { current: "not it", next: "quite another 1" });
  const right = await ada.call("POST", "/me/password", { current: ada.password, next: "quite another 1" });

  expect(wrong).toEqual({ status: 401, code: "invalid_credentials" });
  expect(right.status).toBe(204);
  expect(await endOf(otherSocket)).toEqual(ended("revoked"));
  await socket.settled();
  expect(socket.disconnected()).toBeNull();
});

it("a session ended from the list ends its sockets; one that is not one's own is not found", async () => {
  const other = await clients.logIn(ada);
  const stranger = await clients.registerUser("eve");
  const otherSocket = await other.connect();
  const { sessions } = (await ada.call<{ sessions: Session[] }>("GET", "/me/sessions")).body;

  expect(sessions.map(({ id, current }) => [id, current]).toSorted()).toEqual(
    [
      [ada.sessionId, true],
      [other.sessionId, false],
    ].toSorted(),
  );
  expect(await stranger.refusal("DELETE", `/me/sessions/${other.sessionId}`)).toEqual({
    status: 404,
    code: "not_found",
  });
  expect((await ada.call("DELETE", `/me/sessions/${other.sessionId}`)).status).toBe(204);
  expect(await endOf(otherSocket)).toEqual(ended("revoked"));
});

it("a refresh token older than the last but one ends the session and its sockets", async () => {
  const socket = await ada.connect();
  const renew = async (cookie: string) => await clients.call("POST", "/auth/refresh", { cookie });
  const next = async (cookie: string) => (await renew(cookie)).headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";

  const second = await next(ada.cookie);
  const secondAgain = await next(ada.cookie);
  await next(second);
  const reused = await clients.refusal("POST", "/auth/refresh", { cookie: ada.cookie });

  expect(secondAgain).toBe(second);
  expect(reused).toEqual({ status: 401, code: "unauthenticated" });
  expect(await endOf(socket)).toEqual(ended("revoked"));
});

it("a token that runs out ends the socket, and is told apart from a bad one in REST and handshake", async () => {
  const socket = await ada.connect({ auth: { token: tokenFor(ada, 1_000) } });

  expect(await endOf(socket)).toEqual(ended("token_expired"));
  const expired = tokenFor(ada, -1_000);
  expect(await clients.refusal("GET", "/me", { token: expired })).toEqual({ status: 401, code: "token_expired" });
  expect(await handshakeError(server.url, expired)).toMatchObject({ code: "token_expired" });
});

it("session:renew keeps the socket past the end of its first token", async () => {
  const [first, second] = [tokenFor(ada, 1_000), tokenFor(ada, 3_000)];
  const socket = await ada.connect({ auth: { token: first } });

  const renewed = await socket.emit("session:renew", { token: second });
  await endOf(socket);

  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(renewed.expiresAt));
  expect(Date.parse(renewed.expiresAt)).toBeGreaterThan(Date.now() - 2_000);
});

it("session:renew takes a token of the same user and session only", async () => {
  const [socket, other, stranger] = await Promise.all([ada.connect(), clients.logIn(ada), clients.registerUser("eve")]);
  const renew = async (token: unknown): Promise<AckError> => await socket.refusal("session:renew", { token });

  expect(await renew(other.token)).toMatchObject({ code: "forbidden" });
  expect(await renew(stranger.token)).toMatchObject({ code: "forbidden" });
  expect(await renew(tokenFor(ada, -5_000))).toMatchObject({ code: "token_expired" });
  expect(await renew(`${ada.token}x`)).toMatchObject({ code: "unauthenticated" });
  expect(await renew(7)).toMatchObject({ code: "invalid_request", fields: [{ path: "token" }] });
  expect(socket.disconnected()).toBeNull();
});

it("the 21st socket of a user ends the oldest", async () => {
  const sockets: TestSocket[] = [];
  for (let count = 0; count < LIMITS.socketsPerUser; count++) sockets.push(await ada.connect());
  const [oldest, ...others] = sockets;
  if (oldest === undefined) throw new Error("There is no socket.");
  expect(oldest.disconnected()).toBeNull();

  const newest = await ada.connect();

  expect(await endOf(oldest)).toEqual(ended("too_many"));
  await Promise.all([...others, newest].map((socket) => socket.settled()));
  expect([...others, newest].map((socket) => socket.disconnected())).toEqual(Array(20).fill(null));
});

it("[D7] a server that stops tells its sockets to come back, after what was queued is stored", async () => {
  const stopping = await startTestServer();
  const own = await createClients(stopping).registerUser("ada");
  const { room } = await own.createRoom();
  const sockets = await Promise.all([own.connect(), own.connect()]);
  const [sender] = sockets;
  const acks = Promise.all(Array.from({ length: 30 }, (_, index) => sender?.send(room.id, `${index}`)));
  await sender?.waitFor(() => sender.entries(room.id).length > 0);

  const closed = stopping.close();

  expect(await acks).toHaveLength(30);
  for (const socket of sockets) {
    const { reason, last } = await endOf(socket);
    expect(reason).toBe("io server disconnect");
    expect(last).toEqual({
      event: "session:ended",
      data: { code: "draining", retryAfterMs: expect.any(Number) as number },
    });
  }
  await closed;
  await expect(fetch(`${stopping.url}/healthz`)).rejects.toThrow();
});
