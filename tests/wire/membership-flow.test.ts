/** Joining, leaving and connecting while messages flow at full rate: nothing falls between, nothing comes after. */
import type { RoomView } from "../../src/protocol/shapes.js";
import { createClients, type Clients, type TestUser } from "../support/clients.js";
import { startTestServer } from "../support/server.js";
import type { Push, TestSocket } from "../support/sockets.js";

let clients: Clients;
let ada: TestUser;
let bob: TestUser;
let adaSocket: TestSocket;

beforeAll(async () => {
  clients = createClients(await startTestServer());
  [ada, bob] = await Promise.all([clients.registerUser("ada"), clients.registerUser("bob")]);
  adaSocket = await ada.connect();
});

/** Sends to a room as fast as answers come, several at once, until stopped. */
function flow(roomId: string): { stop(): Promise<number> } {
  let stopped = false;
  let sent = 0;
  const sender = async (name: number) => {
    for (let index = 0; !stopped; index++) {
      await adaSocket.send(roomId, `${name} ${index}`);
      sent += 1;
    }
  };
  const senders = Promise.all([1, 2, 3, 4, 5, 6].map(sender));
  return {
    async stop() {
      stopped = true;
      await senders;
      return sent;
    },
  };
}

const seqsOf = (pushes: readonly Push[], roomId: string) =>
  pushes.flatMap((push) => (push.event === "entries" && push.data.roomId === roomId ? push.data.entries : []));

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

it("[L6] [S2] whoever is removed while messages flow gets all from their join to their leave, and nothing after", async () => {
  const socket = await bob.connect();
  const { room } = await ada.createRoom("private");
  const path = `/rooms/${room.id}/members/${bob.id}`;
  const flowing = flow(room.id);
  let syncs = 0;

  for (let round = 0; round < 30; round++) {
    const start = socket.pushes.length;
    await ada.call("PUT", path, {});
    await socket.waitFor(() => socket.pushes.slice(start).some(({ event }) => event === "room:added"));
    // Asked for while the removal is under way: an answer may not carry what came after it either.
    const asked = Array.from({ length: 4 }, () => socket.emit("sync", { heads: { [room.id]: 0 } }));
    const wentAway = round % 2 === 0 ? ada.call("DELETE", path) : bob.call("POST", `/rooms/${room.id}/leave`);
    const answers = await Promise.all(asked);
    await wentAway;
    await socket.settled();

    const pushes = socket.pushes.slice(start);
    const entries = seqsOf(pushes, room.id);
    const [first, last] = [entries[0], entries.at(-1)];
    expect(pushes[0]).toMatchObject({ event: "room:added", data: { view: { room: { id: room.id } } } });
    expect(first).toMatchObject({ kind: "join", userId: bob.id });
    expect(last).toMatchObject({ kind: "leave", userId: bob.id });
    expect(entries.map(({ seq }) => seq)).toEqual(upTo(first?.seq ?? 0, last?.seq ?? -1));
    expect(pushes.at(-1)).toEqual({ event: "room:removed", data: { roomId: room.id } });
    for (const { rooms } of answers) {
      for (const answer of rooms) {
        syncs += 1;
        expect(Math.max(answer.head, ...answer.entries.map(({ seq }) => seq))).toBeLessThanOrEqual(last?.seq ?? 0);
      }
    }
  }

  expect(await flowing.stop()).toBeGreaterThan(30);
  expect(syncs).toBeGreaterThan(0);
});

it("[G6] [L6] nobody's words get in behind the entry that removed them", async () => {
  const { room } = await ada.createRoom("private");
  const socket = await bob.connect();
  for (let round = 0; round < 15; round++) {
    await ada.invite(room.id, bob);
    const sends = Array.from({ length: 20 }, (_, index) =>
      socket.emitRaw("message:send", { roomId: room.id, clientId: crypto.randomUUID(), text: `${index}` }),
    );
    await ada.call("DELETE", `/rooms/${room.id}/members/${bob.id}`);
    const acks = await Promise.all(sends);
    for (const ack of acks) if (!ack.ok) expect(ack.error.code).toBe("not_found");
  }

  await adaSocket.settled();
  const entries = adaSocket.entries(room.id);
  let isMember = false;
  for (const entry of entries) {
    if (entry.kind === "join" && entry.userId === bob.id) isMember = true;
    if (entry.kind === "message" && entry.senderId === bob.id) expect(isMember).toBe(true);
    if (entry.kind === "leave" && entry.userId === bob.id) isMember = false;
  }
  expect(entries.filter(({ kind }) => kind === "leave")).toHaveLength(15);
});

it("[S2] a socket that connects while its user joins misses nothing: what sync does not show is pushed", async () => {
  for (let round = 0; round < 20; round++) {
    const { room } = await ada.createRoom("public");
    const path = `/rooms/${room.id}/members/${bob.id}`;
    const invited = ada.call("PUT", path, {});
    const talked = Promise.all(upTo(1, 5).map((index) => adaSocket.send(room.id, `${index}`)));
    const socket = await bob.connect();
    const answer = await socket.emit("sync", { heads: {} });
    await Promise.all([invited, talked]);
    await adaSocket.send(room.id, "last");
    await socket.settled();

    const synced = answer.rooms.find(({ roomId }) => roomId === room.id)?.entries ?? [];
    const added = socket.of("room:added").find(({ view }) => view.room.id === room.id);
    const held = new Set([...synced, ...socket.entries(room.id)].map(({ seq }) => seq));
    const { head } = (await bob.call<RoomView>("GET", `/rooms/${room.id}`)).body.room;
    const first = synced[0]?.seq ?? added?.view.membership?.readSeq ?? 0;
    expect([...held].toSorted((one, other) => one - other)).toEqual(upTo(first, head));
    socket.close();
  }
});

it("[S2] whoever joins with several sockets is told on each", async () => {
  const { room } = await ada.createRoom("public");
  const sockets = await Promise.all([bob.connect(), bob.connect(), bob.connect()]);

  await bob.call("POST", `/rooms/${room.id}/join`);
  await bob.call("POST", `/rooms/${room.id}/leave`);
  await Promise.all(sockets.map((socket) => socket.settled()));

  for (const { pushes } of sockets) {
    expect(pushes.map(({ event }) => event)).toEqual(["room:added", "entries", "entries", "room:removed"]);
  }
});
