import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { startRoomWorld, type RoomServer, type RoomWorld } from "../../../tests/support/rooms.js";
import type { Entry } from "../../protocol/entries.js";

let world: RoomWorld;
let server: RoomServer;
let ada: string;
let room: string;

beforeAll(async () => {
  world = await startRoomWorld(testDatabaseUri());
  [server] = world.servers as [RoomServer];
  ada = world.addUser("ada");
  room = await world.makeRoom({ kind: "private", roles: [[ada, "owner"]] });
});

afterAll(async () => {
  await world.close();
});

const base = { seq: 2, sentAt: "2026-11-21T05:30:27.123Z", clientId: "c" };

describe("writing what entries say", () => {
  it.each<[string, (roomId: string) => Entry]>([
    ["leave", (roomId) => ({ ...base, roomId, senderId: ada, kind: "leave", userId: "nobody" })],
    ["role", (roomId) => ({ ...base, roomId, senderId: ada, kind: "role", userId: "nobody", role: "owner" })],
    ["room", () => ({ ...base, roomId: "nowhere", senderId: ada, kind: "room", changes: { topic: "t" } })],
    ["join", () => ({ ...base, roomId: "nowhere", senderId: ada, kind: "join", userId: ada })],
    ["join", (roomId) => ({ ...base, roomId, senderId: ada, kind: "join", userId: ada })],
  ])("[L11] refuses a %s entry that changes what is not there, with all that came before it", async (_kind, entry) => {
    const topic: Entry = { ...base, roomId: room, senderId: ada, kind: "room", changes: { topic: "undone" } };
    const before = await server.store.membersOf(room);

    const written = server.store.models[0].db.transaction(async (session) => {
      await server.store.applyEntries([topic, entry(room)], session);
    });

    await expect(written).rejects.toThrow(/changes what is not there|duplicate key/);
    expect(await server.store.room(room)).toMatchObject({ topic: "", memberCount: 1 });
    expect(await server.store.membersOf(room)).toEqual(before);
    expect(await server.store.membership("nowhere", ada)).toBeNull();
  });

  it("[L11] writes several entries of one change in their order", async () => {
    const grace = world.addUser("grace");
    const entries: Entry[] = [
      { ...base, roomId: room, senderId: ada, kind: "join", userId: grace },
      { ...base, seq: 3, roomId: room, senderId: ada, kind: "role", userId: grace, role: "moderator" },
      { ...base, seq: 4, roomId: room, senderId: ada, kind: "room", changes: { name: "Straße", archived: true } },
    ];

    await server.store.models[0].db.transaction(async (session) => {
      await server.store.applyEntries(entries, session);
    });

    expect(await server.store.membership(room, grace)).toEqual({
      roomId: room,
      userId: grace,
      role: "moderator",
      joinedAt: base.sentAt,
      readSeq: 2,
      notify: "all",
    });
    expect(await server.store.room(room)).toMatchObject({ name: "Straße", archivedAt: base.sentAt, memberCount: 2 });
  });
});
