import { randomUUID } from "node:crypto";
import { testDatabaseUri } from "../../tests/support/mongod/index.js";
import { startRoomWorld, type RoomServer, type RoomWorld } from "../../tests/support/rooms.js";
import type { Entry } from "../protocol/entries.js";
import type { RoomView } from "../protocol/shapes.js";

let world: RoomWorld;
let server: RoomServer;
let other: RoomServer;
let ada: string;
let grace: string;
let joan: string;
let mary: string;

beforeAll(async () => {
  world = await startRoomWorld(testDatabaseUri(), { servers: 2 });
  [server, other] = world.servers as [RoomServer, RoomServer];
  [ada, grace, joan, mary] = ["ada", "grace", "joan", "mary"].map((name) => world.addUser(name)) as [
    string,
    string,
    string,
    string,
  ];
});

afterAll(async () => {
  await world.close();
});

const shown = (entries: readonly Entry[]) =>
  entries.map((entry) => {
    if (entry.kind === "room") return [entry.kind, entry.changes];
    if (entry.kind === "role") return [entry.kind, entry.userId, entry.role];
    return entry.kind === "message" ? [entry.kind] : [entry.kind, entry.userId];
  });

const roleOf = async (room: string, userId: string) => (await server.store.membership(room, userId))?.role ?? null;

describe("joining and inviting", () => {
  it("[L11] sets readSeq to one's own join, and joinedAt to its moment", async () => {
    const room = await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });
    await server.say(room, ada, "before");

    const { status, body } = await server.call("joinRoom", grace, { room });

    const view = body as unknown as RoomView;
    const join = (await server.entries(room)).at(-1);
    expect(status).toBe(200);
    expect(join).toMatchObject({ kind: "join", seq: 3, userId: grace, senderId: grace });
    expect(view.membership).toEqual({
      roomId: room,
      userId: grace,
      role: "member",
      joinedAt: join?.sentAt,
      readSeq: 3,
      notify: "all",
    });
    expect(view.room).toMatchObject({ head: 3, memberCount: 2 });
    expect(view.unread).toBe(0);
  });

  it("[L11] takes no position for joining twice, also at once and on two servers", async () => {
    const room = await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });

    await Promise.all(
      Array.from({ length: 6 }, (_, index) => (index % 2 ? server : other).call("joinRoom", grace, { room })),
    );

    expect(shown(await server.entries(room))).toEqual([
      ["join", ada],
      ["join", grace],
    ]);
  });

  it("[L11] writes an invitation with a role as join and role, in one transaction with the membership", async () => {
    const room = await world.makeRoom({ kind: "private", roles: [[ada, "owner"]] });

    const { body } = await server.call("putMember", ada, { room, user: grace, body: { role: "moderator" } });

    const entries = await server.entries(room);
    expect(entries.slice(1)).toMatchObject([
      { kind: "join", seq: 2, userId: grace, senderId: ada },
      { kind: "role", seq: 3, userId: grace, role: "moderator", senderId: ada },
    ]);
    expect(body).toEqual({
      roomId: room,
      userId: grace,
      role: "moderator",
      joinedAt: entries[1]?.sentAt,
      readSeq: 2,
      notify: "all",
    });
    expect(server.deliveries.at(-1)?.entries).toEqual(entries.slice(1));
  });

  it("answers not_found for a user who does not exist, to members only", async () => {
    const room = await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });
    const hidden = await world.makeRoom({ kind: "private", roles: [[ada, "owner"]] });
    const input = { user: "nobody", body: {} };

    const outcomes = [
      await server.outcome("putMember", ada, { room, ...input }),
      await server.outcome("putMember", grace, { room, ...input }),
      await server.outcome("putMember", grace, { room: hidden, ...input }),
    ];

    expect(outcomes).toEqual(["not_found", "forbidden", "not_found"]);
  });
});

describe("owners", () => {
  it("[L11] hands over to the oldest moderator when the last owner leaves: role after leave", async () => {
    const roles = [
      [ada, "owner"],
      [joan, "member"],
      [grace, "moderator"],
      [mary, "moderator"],
    ] as const;
    const room = await world.makeRoom({ kind: "private", roles });

    await server.call("leaveRoom", ada, { room });

    expect(shown((await server.entries(room)).slice(4))).toEqual([
      ["leave", ada],
      ["role", grace, "owner"],
    ]);
    expect(await roleOf(room, grace)).toBe("owner");
  });

  it("[L11] hands over to the oldest member when there is no moderator", async () => {
    const roles = [
      [ada, "owner"],
      [mary, "member"],
      [grace, "member"],
    ] as const;
    const room = await world.makeRoom({ kind: "public", roles });

    await server.call("removeMember", ada, { room, user: ada });

    expect(shown((await server.entries(room)).slice(3))).toEqual([
      ["leave", ada],
      ["role", mary, "owner"],
    ]);
    expect(await server.outcome("updateRoom", mary, { room, body: { archived: true } })).toBe("ok");
  });

  it("[L11] archives the room when nobody is left: room after leave", async () => {
    const room = await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });

    await server.call("leaveRoom", ada, { room });

    const entries = await server.entries(room);
    expect(shown(entries.slice(1))).toEqual([
      ["leave", ada],
      ["room", { archived: true }],
    ]);
    expect(await server.store.room(room)).toMatchObject({ memberCount: 0, archivedAt: entries[2]?.sentAt });
    expect(await server.outcome("joinRoom", grace, { room })).toBe("forbidden");
  });

  it("does not archive an archived room again when its last member leaves", async () => {
    const room = await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });
    await server.call("updateRoom", ada, { room, body: { archived: true } });

    await server.call("leaveRoom", ada, { room });

    expect(shown((await server.entries(room)).slice(2))).toEqual([["leave", ada]]);
  });

  it("hands nothing over while another owner stays", async () => {
    const roles = [
      [ada, "owner"],
      [grace, "owner"],
      [mary, "moderator"],
    ] as const;
    const room = await world.makeRoom({ kind: "private", roles });

    await server.call("leaveRoom", ada, { room });

    expect(shown((await server.entries(room)).slice(3))).toEqual([["leave", ada]]);
  });

  it("does not let the last owner step down until there is another one", async () => {
    const roles = [
      [ada, "owner"],
      [grace, "member"],
    ] as const;
    const room = await world.makeRoom({ kind: "private", roles });
    const stepDown = { room, user: ada, body: { role: "member" } };

    const alone = await server.outcome("putMember", ada, stepDown);
    await server.call("putMember", ada, { room, user: grace, body: { role: "owner" } });
    const withAnother = await server.outcome("putMember", ada, stepDown);

    expect([alone, withAnother]).toEqual(["conflict", "ok"]);
    expect([await roleOf(room, ada), await roleOf(room, grace)]).toEqual(["member", "owner"]);
  });

  it("[G2] keeps one owner when both step down at once on two servers", async () => {
    for (let round = 0; round < 5; round++) {
      const roles = [
        [ada, "owner"],
        [grace, "owner"],
      ] as const;
      const room = await world.makeRoom({ kind: "private", roles });
      await other.call("getRoom", grace, { room });

      const outcomes = await Promise.all([
        server.outcome("putMember", ada, { room, user: ada, body: { role: "member" } }),
        other.outcome("putMember", grace, { room, user: grace, body: { role: "member" } }),
      ]);

      expect(outcomes.toSorted()).toEqual(["conflict", "ok"]);
      expect([await roleOf(room, ada), await roleOf(room, grace)].toSorted()).toEqual(["member", "owner"]);
    }
  });
});

describe("changing a room", () => {
  it("[G7] writes the room with its entry, and answers the room as it is then", async () => {
    const room = await world.makeRoom({ kind: "private", roles: [[ada, "owner"]] });

    const { body } = await server.call("updateRoom", ada, { room, body: { name: "New", topic: "t", archived: false } });

    expect(shown((await server.entries(room)).slice(1))).toEqual([["room", { name: "New", topic: "t" }]]);
    expect((body as unknown as RoomView).room).toMatchObject({ name: "New", topic: "t", head: 2, archivedAt: null });
  });

  it("[G7] [L11] leaves neither entry nor change when a name is taken: renaming, and making public", async () => {
    const name = `Taken ${randomUUID()}`;
    await world.makeRoom({ kind: "public", name: name.toLowerCase(), roles: [[mary, "owner"]] });
    const room = await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });
    const hidden = await world.makeRoom({ kind: "private", name, roles: [[ada, "owner"]] });

    const outcomes = [
      await server.outcome("updateRoom", ada, { room, body: { name, topic: "not this either" } }),
      await server.outcome("updateRoom", ada, { room: hidden, body: { kind: "public" } }),
      await server.outcome("updateRoom", ada, { room: hidden, body: { kind: "public", name: `${name} 2` } }),
    ];

    expect(outcomes).toEqual(["conflict", "conflict", "ok"]);
    expect((await server.entries(room)).length).toBe(1);
    expect(await server.store.room(room)).toMatchObject({ topic: "" });
    expect((await server.entries(hidden)).length).toBe(2);
  });

  it("gives a free name to one of two rooms that take it at once, and the loser keeps its own", async () => {
    const name = `Wanted ${randomUUID()}`;
    const rooms = await Promise.all(
      [ada, grace].map((owner) => world.makeRoom({ kind: "public", roles: [[owner, "owner"]] })),
    );

    const outcomes = await Promise.all(
      rooms.map((room, index) =>
        (index === 0 ? server : other).outcome("updateRoom", index === 0 ? ada : grace, { room, body: { name } }),
      ),
    );

    expect(outcomes.toSorted()).toEqual(["conflict", "ok"]);
  });

  it("takes changes in an un-archived room again", async () => {
    const room = await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });
    await server.call("updateRoom", ada, { room, body: { archived: true } });

    await server.call("updateRoom", ada, { room, body: { archived: false } });

    expect(await server.outcome("joinRoom", grace, { room })).toBe("ok");
    expect((await server.store.room(room))?.archivedAt).toBeNull();
  });
});
