/** What a server says of itself, and the heads that it sends unasked. */
import type { ServerInfo } from "../../src/protocol/shapes.js";
import { LIMITS } from "../../src/protocol/limits.js";
import { createClients, type Clients } from "../support/clients.js";
import { startTestServer, type TestServer } from "../support/server.js";

let server: TestServer;
let clients: Clients;

beforeAll(async () => {
  server = await startTestServer();
  clients = createClients(server);
});

it("GET /server is open and says which server this is, its history and its limits", async () => {
  const before = Date.now();

  const { body } = await clients.call<ServerInfo>("GET", "/server");

  expect(body).toMatchObject({ name: "Parlance", protocol: 1, registration: "open", limits: LIMITS });
  expect(body.historyId).toMatch(/./);
  expect(Date.parse(body.time)).toBeGreaterThanOrEqual(before - 1_000);
});

it("GET /server keeps its historyId over a restart on the same database", async () => {
  const { historyId } = (await clients.call<ServerInfo>("GET", "/server")).body;
  const again = await startTestServer({ MONGODB_URI: server.uri, REGISTRATION: "closed" });

  const { body } = await createClients(again).call<ServerInfo>("GET", "/server");

  expect(body).toMatchObject({ historyId, registration: "closed" });
});

it("/healthz, /readyz and /metrics answer", async () => {
  const ada = await clients.registerUser("ada");
  const { room } = await ada.createRoom();
  const socket = await ada.connect();
  await socket.send(room.id, "counted");
  const get = async (path: string) => {
    const response = await fetch(server.url + path);
    return { status: response.status, type: response.headers.get("Content-Type"), text: await response.text() };
  };

  expect(await get("/healthz")).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  expect(await get("/readyz")).toMatchObject({ status: 200, text: '{"status":"ready"}' });
  const metrics = await get("/metrics");
  expect(metrics).toMatchObject({ status: 200, type: expect.stringContaining("text/plain") as string });
  expect(metrics.text).toMatch(/^parlance_sockets 1$/m);
  expect(metrics.text).toMatch(/^parlance_messages_appended_total 1$/m);
});

it("an address outside the API that is not there is not_found, and tells nothing of the server", async () => {
  const response = await fetch(`${server.url}/metrics/secret`);

  expect(response.status).toBe(404);
  expect(response.headers.get("Content-Type")).toMatch(/^application\/problem\+json/);
  expect(response.headers.get("X-Powered-By")).toBeNull();
  expect(await response.json()).toMatchObject({ code: "not_found", requestId: expect.any(String) as string });
});

it("[D2] heads come every 15 s, of rooms that moved since the socket's last sync", async () => {
  const [ada, bob] = await Promise.all([clients.registerUser("ada"), clients.registerUser("bob")]);
  const [moved, seen, still, foreign] = await Promise.all(
    [1, 2, 3, 4].map(async () => (await ada.createRoom()).room.id),
  );
  if (moved === undefined || seen === undefined || still === undefined || foreign === undefined) throw new Error();
  for (const roomId of [moved, seen, still]) await ada.invite(roomId, bob);
  const [adaSocket, bobSocket] = await Promise.all([ada.connect(), bob.connect()]);
  await adaSocket.send(seen, "synced");
  await bobSocket.emit("sync", { heads: {} });
  await adaSocket.send(moved, "news");
  await adaSocket.send(foreign, "not bob's");

  const isTold = () => bobSocket.of("heads").find(({ heads }) => Object.hasOwn(heads, moved));
  const told = await bobSocket.waitFor(isTold, LIMITS.headsIntervalMs + 5_000);

  expect(told).toEqual({ heads: { [moved]: 3 } });
});
