/** Who is let in: the origin of a handshake, and its token. */
import { request } from "node:http";
import jwt from "jsonwebtoken";
import { createClients, type Clients, type TestUser } from "../support/clients.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { connectSocket, handshakeError } from "../support/sockets.js";

let server: TestServer;
let clients: Clients;
let ada: TestUser;

beforeAll(async () => {
  server = await startTestServer();
  clients = createClients(server);
  ada = await clients.registerUser("ada");
});

/** The status that a handshake gets over polling, or over a websocket upgrade (101 is let in). */
function statusOf(url: string, transport: "polling" | "websocket", headers: Record<string, string>): Promise<number> {
  const upgrade = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/socket.io/?EIO=4&transport=${transport}`, {
      headers: { ...(transport === "websocket" ? upgrade : {}), ...headers },
    });
    outgoing.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe.each(["polling", "websocket"] as const)("over %s", (transport) => {
  const letIn = transport === "polling" ? 200 : 101;

  it.each(["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1:1", "", "file://"])(
    "[D6] a foreign Origin (%j) gets a plain 403",
    async (origin) => {
      expect(await statusOf(server.url, transport, { Origin: origin })).toBe(403);
    },
  );

  it("[D6] the own origin is let in, and so is none at all", async () => {
    expect(await statusOf(server.url, transport, { Origin: server.url })).toBe(letIn);
    expect(await statusOf(server.url, transport, {})).toBe(letIn);
  });

  it("[D6] with PUBLIC_URL and ALLOWED_ORIGINS, these and no others are let in", async () => {
    const listed = await startTestServer({
      PUBLIC_URL: "https://chat.example.org",
      ALLOWED_ORIGINS: "https://a.example, https://b.example:8443",
    });

    const statuses = await Promise.all(
      ["https://chat.example.org", "https://a.example", "https://b.example:8443", "https://b.example", listed.url].map(
        (origin) => statusOf(listed.url, transport, { Origin: origin }),
      ),
    );

    expect(statuses).toEqual([letIn, letIn, letIn, 403, 403]);
    await listed.close();
  });

  it("lets a good token in, and refuses others with a code and words", async () => {
    const socket = await connectSocket(server.url, ada.token, { transports: [transport] });
    await socket.settled();

    const [, payload] = ada.token.split(".");
    const unsigned = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${payload}.`;
    const claims = jwt.decode(ada.token) as jwt.JwtPayload;
    const otherSecret = jwt.sign(claims, "another-secret-of-at-least-32-bytes");
    const otherAlgorithm = jwt.sign(claims, server.keys.access, { algorithm: "HS512" });
    const endless = jwt.sign({ ...claims, exp: (claims.exp ?? 0) + 60 }, server.keys.access);
    for (const token of [undefined, "", 5, {}, "rubbish", unsigned, otherSecret, otherAlgorithm, endless]) {
      expect(await handshakeError(server.url, token, { transports: [transport] })).toEqual({
        code: "unauthenticated",
        detail: expect.stringMatching(/./) as string,
      });
      if (typeof token === "string" && token !== "") {
        expect(await clients.refusal("GET", "/me", { token })).toMatchObject({ code: "unauthenticated" });
      }
    }
  });
});

it("[D3] a socket that comes back has to show its token again", async () => {
  const { room } = await ada.createRoom();
  const socket = await ada.connect({ reconnection: true, reconnectionDelay: 10 });
  // From what it was pushed a recovery could go on.
  await socket.send(room.id, "seen");
  await socket.waitFor(() => socket.entries(room.id).length > 0);
  const refused = new Promise<unknown>((resolve) => {
    socket.raw.on("connect", () => resolve("let in"));
    socket.raw.on("connect_error", (error: Error & { data?: unknown }) => resolve(error.data));
  });

  socket.raw.auth = { token: "no more" };
  socket.raw.io.engine.close();

  expect(await refused).toMatchObject({ code: "unauthenticated" });
  socket.close();
});

it("a socket with no token takes none from the query", async () => {
  const refused = handshakeError(server.url, undefined, { query: { token: ada.token } });

  expect(await refused).toMatchObject({ code: "unauthenticated" });
});

it("the calls of the cookie refuse a foreign Origin and take none at all [D6]", async () => {
  const refresh = (headers: Record<string, string>) => ({ cookie: ada.cookie, headers });

  for (const path of ["/auth/refresh", "/auth/logout"]) {
    const refused = await clients.refusal("POST", path, refresh({ Origin: "https://evil.example" }));
    expect(refused).toEqual({ status: 403, code: "forbidden" });
  }
  expect((await clients.call("POST", "/auth/refresh", refresh({}))).status).toBe(200);
  expect((await clients.call("POST", "/auth/refresh", refresh({ Origin: server.url }))).status).toBe(200);
});
