import { randomUUID } from "node:crypto";
import { testDatabaseUri } from "../../tests/support/mongod/index.js";
import { startRoomWorld, type RoomServer, type RoomWorld } from "../../tests/support/rooms.js";
import type { RoomView } from "../protocol/shapes.js";

let world: RoomWorld;
let server: RoomServer;
let other: RoomServer;
let ada: string;
let grace: string;

beforeAll(async () => {
  world = await startRoomWorld(testDatabaseUri(), { servers: 2 });
  [server, other] = world.servers as [RoomServer, RoomServer];
  ada = world.addUser("ada");
  grace = world.addUser("grace");
});

afterAll(async () => {
  await world.close();
});

const uniqueName = () => `Room ${randomUUID()}`;

async function create(userId: string, body: { name: string; topic?: string; kind: string }, clientId?: string) {
  const { status, body: view } = await server.call("createRoom", userId, { body, ...(clientId ? { clientId } : {}) });
  return { status, view: view as RoomView };
}

describe("making a room", () => {
  it("[L11] starts the log with the creator's join, who is the owner and has read it", async () => {
    const name = uniqueName();
    const clientId = randomUUID();

    const { status, view } = await create(ada, { name, topic: "words", kind: "private" }, clientId);

    const entries = await server.entries(view.room.id);
    expect(status).toBe(201);
    expect(entries).toEqual([
      expect.objectContaining({ seq: 1, kind: "join", userId: ada, senderId: ada, clientId, roomId: view.room.id }),
    ]);
    expect(view).toEqual({
      room: {
        id: view.room.id,
        kind: "private",
        name,
        topic: "words",
        createdBy: ada,
        createdAt: view.room.createdAt,
        head: 1,
        memberCount: 1,
        archivedAt: null,
      },
      membership: {
        roomId: view.room.id,
        userId: ada,
        role: "owner",
        joinedAt: entries[0]?.sentAt,
        readSeq: 1,
        notify: "all",
      },
      unread: 0,
      mentions: 0,
      peers: [],
    });
    expect(server.deliveries.at(-1)).toMatchObject({ roomId: view.room.id, entries });
  });

  it("refuses a public name that is taken without case, and stores nothing of the second room", async () => {
    const name = uniqueName();
    await create(ada, { name, kind: "public" });
    const before = await server.store.models[0].countDocuments();

    const outcome = await server.outcome("createRoom", grace, {
      body: { name: name.toUpperCase(), kind: "public" },
    });

    expect(outcome).toBe("conflict");
    expect(await server.store.models[0].countDocuments()).toBe(before);
    expect((await server.store.membershipsOf(grace)).length).toBe(0);
  });

  it("lets private rooms share a name with each other and with a public one", async () => {
    const name = uniqueName();

    const made = [
      await create(ada, { name, kind: "public" }),
      await create(ada, { name, kind: "private" }),
      await create(grace, { name, kind: "private" }),
    ];

    expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
  });

  it("gives a public name to exactly one of many who want it at once", async () => {
    const name = uniqueName();

    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? server : other).outcome("createRoom", index % 3 === 0 ? ada : grace, {
          body: { name, kind: "public" },
        }),
      ),
    );

    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 7 }, () => "conflict"), "ok"]);
  });
});

describe("[L4] making a room under the same clientId", () => {
  it("[L4] answers a repeat with the first room, as it is now", async () => {
    const clientId = randomUUID();
    const body = { name: uniqueName(), kind: "public" };
    const first = await create(ada, body, clientId);
    await server.call("joinRoom", grace, { room: first.view.room.id });

    const repeat = await create(ada, body, clientId);

    expect(first.status).toBe(201);
    expect(repeat.status).toBe(200);
    expect(repeat.view.room).toEqual({ ...first.view.room, head: 2, memberCount: 2 });
  });

  it("[L4] makes one room of many repeats at once, on two servers", async () => {
    const clientId = randomUUID();
    const body = { name: uniqueName(), kind: "public" };

    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        (index % 2 === 0 ? server : other).call("createRoom", ada, { body, clientId }),
      ),
    );

    const ids = new Set(answers.map(({ body: view }) => (view as unknown as RoomView).room.id));
    expect(ids.size).toBe(1);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 201]);
  });

  it.each([
    ["name", { name: "another", kind: "private" }],
    ["topic", { name: "one", kind: "private", topic: "a topic" }],
    ["kind", { name: "one", kind: "public" }],
  ])("[L4] refuses another %s", async (_field, body) => {
    const clientId = randomUUID();
    await create(ada, { name: "one", kind: "private" }, clientId);

    const outcome = await server.outcome("createRoom", ada, { body, clientId });

    expect(outcome).toBe("client_id_reused");
  });

  it("[L4] is per user: another one's clientId makes another room", async () => {
    const clientId = randomUUID();
    const first = await create(ada, { name: "one", kind: "private" }, clientId);

    const second = await create(grace, { name: "one", kind: "private" }, clientId);

    expect(second.status).toBe(201);
    expect(second.view.room.id).not.toBe(first.view.room.id);
  });
});
