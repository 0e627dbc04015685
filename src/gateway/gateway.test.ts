import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect as connectTcp, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { io, Manager, type Socket } from "socket.io-client";
import type { LeaveEntry } from "../protocol/entries.js";
import { ChatError } from "../protocol/errors.js";
import type { Membership } from "../protocol/shapes.js";
import { createGateway, type Gateway } from "./gateway.js";

const ROOM = "room-1";
const ADA = "ada";
const at = "2026-01-01T00:00:00.000Z";
const membership: Membership = { roomId: ROOM, userId: ADA, role: "member", joinedAt: at, readSeq: 1, notify: "all" };

let httpServer: Server;
let gateway: Gateway;
let url: string;
let readRooms: () => Promise<string[]>;
/** what happens while a token is looked at */
let authenticating: () => Promise<void>;
let onRefused: () => void;
/** the server's end of the latest connection */
let tcp: Duplex;
const sockets: Socket[] = [];

/** A gateway of which every token is a user, in one room. */
beforeEach(async () => {
  httpServer = createServer();
  httpServer.on("connection", (socket: Duplex) => (tcp = socket));
  readRooms = () => Promise.resolve([ROOM]);
  authenticating = () => Promise.resolve();
  onRefused = () => undefined;
  const unused = () => Promise.reject(new ChatError("internal", "Not part of the test."));
  gateway = createGateway({
    httpServer,
    trustProxy: 0,
    rates: { eventsPerSecond: 100, connectionsPerMinute: 1_000 },
    log: {
      info: (_, message) => void (message === "socket refused" && onRefused()),
      warn: () => undefined,
      error: () => undefined,
    },
    isOriginAllowed: () => true,
    async authenticate(token) {
      await authenticating();
      return { userId: token, sessionId: `${token}'s`, expiresAt: new Date(Date.now() + 60_000) };
    },
    roomIdsOf: () => readRooms(),
    isAvailable: () => true,
    now: Date.now,
    toError: (error) => (error instanceof ChatError ? error : new ChatError("internal", "A fault.")),
    handlers: { "message:send": unused, sync: unused },
    onRole: () => undefined,
    onSlowSocketEnded: () => undefined,
    onLimited: () => undefined,
    onPushSkipped: () => undefined,
  });
  httpServer.listen(0, "127.0.0.1");
  await once(httpServer, "listening");
  url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect();
  await gateway.close();
});

/** A connected socket and the names of all that it is sent. */
async function connect(token: string): Promise<{ socket: Socket; events: string[] }> {
  const socket = io(url, { auth: { token }, transports: ["websocket"], reconnection: false, forceNew: true });
  sockets.push(socket);
  const events: string[] = [];
  socket.onAny((event: string) => events.push(event));
  await new Promise<void>((resolve) => socket.on("connect", resolve));
  return { socket, events };
}

const leave = (seq: number): LeaveEntry => ({
  kind: "leave",
  roomId: ROOM,
  seq,
  sentAt: at,
  senderId: ADA,
  clientId: "00000000-0000-4000-8000-000000000000",
  userId: ADA,
});

it("[L6] sends a change of one's membership to a member's sockets, and none after the room is gone", async () => {
  const { socket, events } = await connect(ADA);

  gateway.membershipChanged(membership);
  gateway.deliver({ roomId: ROOM, entries: [leave(2)], record: null });
  gateway.membershipChanged(membership);
  await socket.emitWithAck("nothing", {});

  expect(events).toEqual(["membership:changed", "entries", "room:removed"]);
});

it("[S2] corrects the rooms that were read for a connecting socket by what happened meanwhile", async () => {
  readRooms = async () => {
    await Promise.resolve();
    gateway.deliver({ roomId: ROOM, entries: [leave(2)], record: null });
    gateway.deliver({ roomId: "room-2", entries: [{ ...leave(5), kind: "join", roomId: "room-2" }], record: null });
    return [ROOM];
  };
  const { socket, events } = await connect(ADA);

  gateway.deliver({ roomId: ROOM, entries: [{ ...leave(3), userId: "cy" }], record: null });
  await socket.emitWithAck("nothing", {});
  expect(events).toEqual([]);
  gateway.deliver({ roomId: "room-2", entries: [{ ...leave(6), roomId: "room-2", userId: "cy" }], record: null });
  await socket.emitWithAck("nothing", {});

  expect(events).toEqual(["entries"]);
});

/** A connection that has asked for no namespace yet, and all that it is sent. */
async function connectRaw() {
  const manager = new Manager(url, { transports: ["websocket"], reconnection: false, autoConnect: false });
  await new Promise<void>((resolve) => manager.open(() => resolve()));
  const { engine } = manager;
  const received: string[] = [];
  engine.on("data", (data) => received.push(String(data)));
  const closed = new Promise<void>((resolve) => engine.once("close", () => resolve()));
  return {
    send: (packet: string) => void engine.write(packet),
    hangUp: () => engine.close(),
    received,
    closed,
    engine,
  };
}

it.each(["its token is looked at", "its rooms are read"])(
  "keeps nothing of a socket that goes while %s",
  async (moment) => {
    const { send, hangUp, closed } = await connectRaw();
    const gone = async () => {
      const atServer = new Promise((resolve) => httpServer.once("test:closed", resolve));
      tcp.once("close", () => httpServer.emit("test:closed"));
      hangUp();
      await Promise.all([closed, atServer]);
    };
    let refused: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (refused = resolve));
    onRefused = refused;
    if (moment === "its rooms are read") {
      readRooms = async () => {
        await gone();
        return [ROOM];
      };
    } else authenticating = gone;

    send(`0${JSON.stringify({ token: ADA })}`);
    await done;

    expect(gateway.connections.size()).toBe(0);
    expect(gateway.connections.ofUser(ADA)).toEqual([]);
  },
);

it("answers who asks for other namespaces, and closes after the fifth", async () => {
  const { send, received, closed } = await connectRaw();

  for (let count = 0; count < 20; count++) send(`0/other-${count},{}`);
  await closed;

  expect(received.filter((packet) => packet.startsWith("4/other-")).length).toBeLessThanOrEqual(5);
});

it("looks at no more than five tokens of one connection", async () => {
  const { send, closed } = await connectRaw();
  let looks = 0;
  authenticating = () => {
    looks += 1;
    return Promise.reject(new ChatError("unauthenticated", "Not you."));
  };

  for (let count = 0; count < 20; count++) send(`0${JSON.stringify({ token: ADA })}`);
  await closed;

  expect(looks).toBeLessThanOrEqual(6);
});

it("closes the connection of a socket that leaves the namespace", async () => {
  const { send, engine, closed } = await connectRaw();
  const joined = new Promise((resolve) => engine.once("data", resolve));
  send(`0${JSON.stringify({ token: ADA })}`);
  await joined;

  send("1");
  await closed;

  expect(gateway.connections.size()).toBe(0);
});

it("refuses an upgrade anywhere else, and hangs up whatever the client does", async () => {
  const socket = connectTcp({ port: Number(new URL(url).port), host: "127.0.0.1", allowHalfOpen: true });
  let answer = "";
  socket.on("data", (data: Buffer) => (answer += data.toString()));
  const upgraded = once(httpServer, "upgrade");
  socket.write("GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const [, ours] = (await upgraded) as [unknown, Duplex];
  if (!ours.closed) await once(ours, "close");
  await once(socket, "end");
  socket.destroy();

  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
});

it("[D7] stops although a client has sent half a request, and another one never hangs up", async () => {
  const port = Number(new URL(url).port);
  const slow = connectTcp(port, "127.0.0.1");
  slow.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{");
  const upgrade =
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  const mute = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true });
  mute.write(`${upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${"A".repeat(22)}==\r\n\r\n`);
  await once(mute, "data");
  const startedAt = performance.now();

  await gateway.close();

  expect(performance.now() - startedAt).toBeLessThan(5_000);
  slow.destroy();
  mute.destroy();
});

it("[D7] answers what is under way before it sends a socket away", async () => {
  const { socket, events } = await connect(ADA);
  let goOn = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    authenticating = () => {
      resolve();
      return new Promise((goesOn) => (goOn = goesOn));
    };
  });
  const renewed = socket.emitWithAck("session:renew", { token: ADA });
  await reached;

  const closed = gateway.close();
  goOn();

  expect(await renewed).toMatchObject({ ok: true });
  await closed;
  expect(events).toEqual(["session:ended"]);
});
