import { once } from "node:events";
import { Agent, createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";
import { io, type Socket } from "socket.io-client";
import type { Entry } from "../protocol/entries.js";
import { ChatError } from "../protocol/errors.js";
import type { SyncAnswer } from "../protocol/events.js";
import { createGateway, type Gateway } from "./gateway.js";

const ROOM = "room-1";
const ADA = "ada";
const at = "2026-01-01T00:00:00.000Z";
const base = { roomId: ROOM, sentAt: at, senderId: ADA, clientId: "00000000-0000-4000-8000-000000000000" };
const KIB = 1024;
const MANY_MS = 30_000;

let httpServer: Server;
let gateway: Gateway;
let url: string;
let skipped: number;
let cutOffs: number;
let syncs: number;
/** what `message:send` is answered with */
let answer: string;
const sockets: Socket[] = [];
const agents: Agent[] = [];

/** A gateway of which every token is a user, in one room. */
beforeEach(async () => {
  httpServer = createServer();
  [skipped, cutOffs, syncs, answer] = [0, 0, 0, ""];
  gateway = createGateway({
    httpServer,
    trustProxy: 0,
    rates: { eventsPerSecond: 10_000, connectionsPerMinute: 1_000 },
    log: {
      info: () => undefined,
      warn: (_, message) => void (message.includes("cut off") && (cutOffs += 1)),
      error: () => undefined,
    },
    isOriginAllowed: () => true,
    authenticate: (token) =>
      Promise.resolve({ userId: token, sessionId: `${token}'s`, expiresAt: new Date(Date.now() + 600_000) }),
    roomIdsOf: () => Promise.resolve([ROOM]),
    isAvailable: () => true,
    now: Date.now,
    toError: (error) => (error instanceof ChatError ? error : new ChatError("internal", "A fault.")),
    handlers: {
      "message:send": () => Promise.resolve(message(1, answer)),
      sync() {
        syncs += 1;
        return Promise.resolve({ historyId: "x".repeat(200 * KIB), rooms: [], left: [] });
      },
    },
    onRole: () => undefined,
    onSlowSocketEnded: () => undefined,
    onLimited: () => undefined,
    onPushSkipped: () => void (skipped += 1),
  });
  httpServer.listen(0, "127.0.0.1");
  await once(httpServer, "listening");
  url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
});
afterEach(async () => {
  jest.useRealTimers();
  for (const socket of sockets.splice(0)) socket.disconnect();
  for (const agent of agents.splice(0)) agent.destroy();
  await gateway.close();
});

function message(seq: number, text: string): Entry {
  const folded = { editedAt: null, deletedAt: null, reactions: [], pinned: false, changedSeq: null };
  return { ...base, ...folded, kind: "message", seq, text, replyTo: null, files: [], mentions: [] };
}

const deliver = (...entries: Entry[]) => gateway.deliver({ roomId: ROOM, entries, record: null });

interface Reader {
  socket: Socket;
  /** names of pushes, entries with the seq of the first */
  events: string[];
  seqs(): number[];
  stopReading(): void;
  readOn(): void;
  /** Resolves once all that was sent so far is here. */
  settled(): Promise<unknown>;
}

/** A Socket.IO client over a websocket, which can stop taking bytes off its connection. */
async function connect(token: string): Promise<Reader> {
  const socket = io(url, { auth: { token }, transports: ["websocket"], reconnection: false, forceNew: true });
  sockets.push(socket);
  const events: string[] = [];
  socket.onAny((event: string, { entries }: { entries?: Entry[] } = {}) =>
    events.push(entries === undefined ? event : `${event} ${entries[0]?.seq}`),
  );
  await new Promise<void>((resolve) => socket.on("connect", resolve));
  const { ws } = socket.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } };
  return {
    socket,
    events,
    seqs: () => events.filter((event) => event.startsWith("entries")).map((event) => Number(event.slice(8))),
    stopReading: () => ws.pause(),
    readOn: () => ws.resume(),
    settled: () => socket.emitWithAck("nothing", {}),
  };
}

const send = { roomId: ROOM, clientId: base.clientId, text: "hi" };
const text = "x".repeat(200 * KIB);

/** Fills everything between here and a client that does not read, until the first push is left out. @returns the next seq */
async function fill(): Promise<number> {
  for (let seq = 1; ; seq++) {
    deliver(message(seq, text));
    if (skipped > 0) return seq + 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const ascending = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

it(
  "[D4] leaves out pushes to a socket that does not read, and sends one resync once it has caught up",
  async () => {
    const [stuck, other] = [await connect(ADA), await connect("grace")];
    stuck.stopReading();

    const next = await fill();
    for (let seq = next; seq < next + 20; seq++) deliver(message(seq, "more"));
    stuck.readOn();
    while (!stuck.events.includes("resync")) await stuck.settled();
    deliver(message(next + 20, "again"));
    await Promise.all([stuck.settled(), other.settled()]);

    const lastSeq = next + 20;
    expect(stuck.events).toEqual([
      ...ascending(next - 2).map((seq) => `entries ${seq}`),
      "resync",
      `entries ${lastSeq}`,
    ]);
    expect(skipped).toBe(21);
    expect(other.seqs()).toEqual(ascending(lastSeq));
    expect(other.events).not.toContain("resync");
  },
  MANY_MS,
);

it("[D4] counts what waits in engine.io as well: over 1 MB at once is too much", async () => {
  const { events, settled } = await connect(ADA);

  for (let seq = 1; seq <= 20; seq++) deliver(message(seq, text));
  await settled();
  while (!events.includes("resync")) await settled();

  // The first goes to the operating system at once; five more are the first that make over 1 MB.
  expect(events.length - 1).toBeGreaterThanOrEqual(5);
  expect(events.length - 1).toBeLessThanOrEqual(7);
  expect(events.length - 1 + skipped).toBe(20);
  expect(events.at(-1)).toBe("resync");
});

it("[D4] leaves out pushes beyond 500 waiting packets, however small", async () => {
  const { events, settled } = await connect(ADA);

  for (let seq = 1; seq <= 700; seq++) deliver(message(seq, "x"));
  while (!events.includes("resync")) await settled();

  expect(events).toEqual([...ascending(502).map((seq) => `entries ${seq}`), "resync"]);
  expect(skipped).toBe(198);
});

it("[D4] says nothing of a socket that was behind and missed nothing", async () => {
  const { events, settled } = await connect(ADA);

  for (let seq = 1; seq <= 502; seq++) deliver(message(seq, "x"));
  await settled();
  deliver(message(503, "x"));
  await settled();

  expect(events).toEqual(ascending(503).map((seq) => `entries ${seq}`));
});

it("[D4] [L6] [S2] applies who leaves and who joins while the pushes that say so are left out", async () => {
  const { events, settled } = await connect(ADA);
  const elsewhere = (seq: number, entry: Entry) =>
    gateway.deliver({ roomId: "room-2", entries: [{ ...entry, roomId: "room-2", seq }], record: null });

  for (let seq = 1; seq <= 600; seq++) deliver(message(seq, "x"));
  deliver({ ...base, kind: "leave", seq: 601, userId: ADA });
  elsewhere(1, { ...base, kind: "join", seq: 1, userId: ADA });
  while (!events.includes("resync")) await settled();
  deliver(message(602, "not for Ada any more"));
  elsewhere(2, message(2, "for Ada"));
  await settled();

  expect(events.slice(502)).toEqual(["resync", "entries 2"]);
});

it(
  "[D4] cuts off who has over 8 MB waiting",
  async () => {
    const { socket, stopReading } = await connect(ADA);
    const closed = new Promise<void>((resolve) =>
      gateway.connections.ofUser(ADA)[0]?.socket.once("disconnect", () => resolve()),
    );
    answer = text;
    stopReading();
    await fill();

    for (let count = 0; count < 60; count++) socket.emit("message:send", send, () => undefined);
    await closed;

    expect(cutOffs).toBe(1);
    expect(gateway.connections.size()).toBe(0);
  },
  MANY_MS,
);

it(
  "[D4] cuts off who has read nothing for 30 s",
  async () => {
    const { stopReading } = await connect(ADA);
    stopReading();
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask", "Date", "performance"] });
    await fill();

    jest.advanceTimersByTime(29_999);
    expect([cutOffs, gateway.connections.size()]).toEqual([0, 1]);
    jest.advanceTimersByTime(1);

    expect([cutOffs, gateway.connections.size()]).toEqual([1, 0]);
  },
  MANY_MS,
);

it(
  "[D4] makes one answer to sync at a time, and none for who does not read",
  async () => {
    const { socket, stopReading, readOn, settled } = await connect(ADA);
    stopReading();
    await fill();

    const answers = Array.from({ length: 40 }, () => socket.emitWithAck("sync", { heads: {} }) as Promise<unknown>);
    // Answered at once, so that it is seen to be in vain that the others wait.
    const refused = new Promise<void>((resolve) => {
      gateway.connections.ofUser(ADA)[0]?.socket.onAny((event: string) => void (event === "nothing" && resolve()));
    });
    socket.emit("nothing", {}, () => undefined);
    await refused;
    expect(syncs).toBe(0);
    readOn();
    const got = (await Promise.all(answers)) as { ok: true; data: SyncAnswer }[];
    await settled();

    expect(got.every(({ ok }) => ok)).toBe(true);
    expect(syncs).toBe(40);
  },
  MANY_MS,
);

interface Poller {
  post(packet: string): Promise<void>;
  poll(): Promise<string>;
  /** A poll over a connection of its own, of whose answer nothing is read. */
  pollUnread(): Promise<IncomingMessage>;
}

/** A Socket.IO client over long polling that polls when it is told to. */
async function connectPolling(token: string): Promise<Poller> {
  const agent = new Agent({ keepAlive: true });
  agents.push(agent);
  const send = (method: string, path: string, body: string | null, own: Agent): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      request(`${url}/socket.io/?EIO=4&transport=polling${path}`, { method, agent: own }, resolve)
        .on("error", reject)
        .end(body ?? undefined);
    });
  const read = async (response: IncomingMessage): Promise<string> => {
    let body = "";
    for await (const chunk of response) body += String(chunk);
    return body;
  };
  const { sid } = JSON.parse((await read(await send("GET", "", null, agent))).slice(1)) as { sid: string };
  const poller: Poller = {
    post: async (packet) => void (await read(await send("POST", `&sid=${sid}`, packet, agent))),
    poll: async () => await read(await send("GET", `&sid=${sid}`, null, agent)),
    pollUnread() {
      const own = new Agent();
      agents.push(own);
      return send("GET", `&sid=${sid}`, null, own);
    },
  };
  await poller.post(`40${JSON.stringify({ token })}`);
  await poller.poll();
  return poller;
}

it("[D4] counts for long polling as well", async () => {
  const poller = await connectPolling(ADA);

  for (let seq = 1; seq <= 700; seq++) deliver(message(seq, "x"));
  const first = (await poller.poll()).split("\x1e");
  const second = await poller.poll();

  expect(first).toHaveLength(501);
  expect(skipped).toBe(199);
  expect(second).toBe('42["resync",{}]');
});

it(
  "[D4] cuts off who polls again and again, each time over another connection, and reads no answer",
  async () => {
    const poller = await connectPolling(ADA);
    const [connection] = gateway.connections.ofUser(ADA);
    let isClosed = false;
    connection?.socket.once("disconnect", () => (isClosed = true));
    // More than the operating system takes in for a client.
    answer = "x".repeat(7 * KIB * KIB);

    const unread: (IncomingMessage | null)[] = [];
    while (!isClosed && unread.length < 20) {
      const arrived = once(httpServer, "request");
      // The last one is cut off as well.
      const answered = poller.pollUnread().catch(() => null);
      await arrived;
      await poller.post(`42${unread.length}["message:send",${JSON.stringify(send)}]`);
      unread.push(await answered);
    }

    expect(isClosed).toBe(true);
    expect(cutOffs).toBe(1);
    expect(unread.length).toBeLessThan(10);
  },
  MANY_MS,
);
