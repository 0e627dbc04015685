import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { io, type Socket } from "socket.io-client";
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
const sockets: Socket[] = [];

/** A gateway of which every token is a user, in one room. */
beforeEach(async () => {
  httpServer = createServer();
  readRooms = () => Promise.resolve([ROOM]);
  const unused = () => Promise.reject(new ChatError("internal", "Not part of the test."));
  gateway = createGateway({
    httpServer,
    trustProxy: 0,
    rates: { eventsPerSecond: 100, connectionsPerMinute: 1_000 },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    isOriginAllowed: () => true,
    authenticate: (token) =>
      Promise.resolve({ userId: token, sessionId: `${token}'s`, expiresAt: new Date(Date.now() + 60_000) }),
    roomIdsOf: () => readRooms(),
    isAvailable: () => true,
    now: Date.now,
    toError: (error) => (error instanceof ChatError ? error : new ChatError("internal", "A fault.")),
    handlers: { "message:send": unused, sync: unused },
    onRole: () => undefined,
    onSockets: () => undefined,
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
