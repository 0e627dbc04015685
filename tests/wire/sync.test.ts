/** sync: what a client has missed, within the bounds of one answer [S1]. */
import type { Entry } from "../../src/protocol/entries.js";
import type { SyncAnswer, SyncRoom } from "../../src/protocol/events.js";
import { LIMITS } from "../../src/protocol/limits.js";
import type { RoomView, ServerInfo } from "../../src/protocol/shapes.js";
import { createClients, type Clients, type TestUser } from "../support/clients.js";
import { startTestServer } from "../support/server.js";
import type { TestSocket } from "../support/sockets.js";

let clients: Clients;
let ada: TestUser;
let socket: TestSocket;

beforeAll(async () => {
  clients = createClients(await startTestServer());
});
beforeEach(async () => {
  ada = await clients.registerUser("ada");
  socket = await ada.connect();
});

/** A room of one's own with so many messages after its first entry. */
async function roomWith(count: number, text = "words"): Promise<string> {
  const { room } = await ada.createRoom("private");
  for (let left = count; left > 0; left -= 60) {
    const batch = Array.from({ length: Math.min(left, 60) }, () => socket.send(room.id, text));
    await Promise.all(batch);
  }
  return room.id;
}

const only = (answer: SyncAnswer): SyncRoom => {
  expect(answer.rooms).toHaveLength(1);
  return answer.rooms[0] as SyncRoom;
};
const seqs = (entries: readonly Entry[]) => entries.map(({ seq }) => seq);
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

it("[S1] gives what is missing, exactly from one past what was given, with the membership and the head", async () => {
  const roomId = await roomWith(9);
  const { body: view } = await ada.call<RoomView>("GET", `/rooms/${roomId}`);
  const { body: server } = await clients.call<ServerInfo>("GET", "/server");

  const answer = await socket.emit("sync", { heads: { [roomId]: 4 } });

  expect(answer).toMatchObject({ historyId: server.historyId, left: [] });
  expect(only(answer)).toEqual({
    roomId,
    head: 10,
    entries: socket.entries(roomId).slice(4),
    more: false,
    reset: false,
    membership: view.membership,
    unread: 0,
    mentions: 0,
  });
});

it("[S1] leaves out rooms that have not moved", async () => {
  const roomId = await roomWith(3);

  expect((await socket.emit("sync", { heads: { [roomId]: 4 } })).rooms).toEqual([]);
});

it("[S1] counts a room that is not named as 0, and resets it when it is over 50 long", async () => {
  const short = await roomWith(LIMITS.syncUnnamedMax - 1);
  expect(only(await socket.emit("sync", { heads: {} }))).toMatchObject({ roomId: short, more: false, reset: false });
  expect(seqs(only(await socket.emit("sync", { heads: {} })).entries)).toEqual(upTo(1, 50));

  await socket.send(short, "one too many");
  expect(only(await socket.emit("sync", { heads: {} }))).toMatchObject({
    head: 51,
    reset: true,
    entries: [],
    more: false,
  });
  expect(only(await socket.emit("sync", { heads: { [short]: 0 } }))).toMatchObject({ reset: false });
});

it("[S1] resets a room that the client is ahead of", async () => {
  const roomId = await roomWith(2);

  const room = only(await socket.emit("sync", { heads: { [roomId]: 4 } }));

  expect(room).toMatchObject({ head: 3, reset: true, entries: [], more: false });
});

it("[S1] holds at most 500 entries over all rooms; the rest come with more, and can be asked for until nothing is left", async () => {
  const rooms = [await roomWith(300), await roomWith(350), await roomWith(10)];
  const heads = Object.fromEntries(rooms.map((roomId) => [roomId, 0]));
  const held = new Map<string, Entry[]>(rooms.map((roomId) => [roomId, []]));
  const counts: number[] = [];

  for (let more = true; more;) {
    const answer = await socket.emit("sync", { heads });
    counts.push(answer.rooms.reduce((sum, { entries }) => sum + entries.length, 0));
    for (const { roomId, entries } of answer.rooms) {
      if (entries.length > 0) expect(entries[0]?.seq).toBe((heads[roomId] ?? 0) + 1);
      held.get(roomId)?.push(...entries);
      heads[roomId] = entries.at(-1)?.seq ?? heads[roomId] ?? 0;
    }
    for (const room of answer.rooms) expect(room.more).toBe((heads[room.roomId] ?? 0) < room.head);
    more = answer.rooms.some((room) => room.more);
  }

  expect(counts).toEqual([500, 163]);
  expect([...held.values()].map(seqs)).toEqual([upTo(1, 301), upTo(1, 351), upTo(1, 11)]);
});

it("[S1] holds at most 256 KiB of entries over all rooms", async () => {
  const rooms = [await roomWith(30, "ü".repeat(8_000)), await roomWith(5)];
  const heads = Object.fromEntries(rooms.map((roomId) => [roomId, 0]));

  const answer = await socket.emit("sync", { heads });

  const entries = answer.rooms.flatMap((room) => room.entries);
  const bytes = Buffer.byteLength(JSON.stringify(entries));
  expect(bytes).toBeLessThanOrEqual(LIMITS.syncBytes);
  expect(bytes).toBeGreaterThan(LIMITS.syncBytes - 20_000);
  expect(answer.rooms.some(({ more }) => more)).toBe(true);
});

it("[S1] resets a room that is over 1,000 behind, and not one that is exactly 1,000 behind", async () => {
  const roomId = await roomWith(1_001);

  expect(only(await socket.emit("sync", { heads: { [roomId]: 1 } }))).toMatchObject({
    head: 1_002,
    reset: true,
    entries: [],
  });
  const room = only(await socket.emit("sync", { heads: { [roomId]: 2 } }));
  expect(room).toMatchObject({ reset: false, more: true });
  expect(seqs(room.entries)).toEqual(upTo(3, 502));
});

it("[S1] names the rooms that one has left, and says what is unread", async () => {
  const bob = await clients.registerUser("bob");
  const [left, stayed] = [await roomWith(1), await roomWith(1)];
  await ada.invite(left, bob);
  await ada.invite(stayed, bob);
  const bobSocket = await bob.connect();
  await socket.send(stayed, "unread");
  await bob.call("POST", `/rooms/${stayed}/messages`, { text: "own" });
  await bob.call("POST", `/rooms/${left}/leave`);

  const answer = await bobSocket.emit("sync", { heads: { [left]: 3, [stayed]: 3 } });

  expect(answer.left).toEqual([left]);
  expect(only(answer)).toMatchObject({ roomId: stayed, unread: 1, mentions: 0, membership: { readSeq: 3 } });
  expect(seqs(only(answer).entries)).toEqual([4, 5]);
});

it("[D3] a socket that comes back is told nothing by itself; what it missed comes by sync", async () => {
  const bob = await clients.registerUser("bob");
  const roomId = await roomWith(1);
  await ada.invite(roomId, bob);
  const away = await bob.connect();
  await socket.send(roomId, "seen");
  await away.waitFor(() => away.entries(roomId).length > 0);
  away.raw.io.engine.close();
  await away.waitFor(() => away.disconnected());
  const missed = await socket.send(roomId, "missed");

  const connected = new Promise<void>((resolve) => away.raw.once("connect", resolve));
  away.raw.connect();
  await connected;
  const answer = await away.emit("sync", { heads: { [roomId]: missed.seq - 1 } });

  expect(away.raw.recovered ?? false).toBe(false);
  expect(away.entries(roomId)).toHaveLength(1);
  expect(only(answer).entries).toEqual([missed]);
});

it.each([
  [{}, "heads"],
  [{ heads: [] }, "heads"],
  [{ heads: { room: -1 } }, "heads.room"],
  [{ heads: { room: 1.5 } }, "heads.room"],
  [{ heads: { room: "1" } }, "heads.room"],
  [{ heads: {}, since: 1 }, "since"],
])("[S1] [L7] refuses %j", async (payload, path) => {
  const refused = await socket.refusal("sync", payload);

  expect(refused).toMatchObject({ code: "invalid_request", fields: [{ path }] });
});
