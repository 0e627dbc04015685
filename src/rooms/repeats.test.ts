import { randomUUID } from "node:crypto";
import { testDatabaseUri } from "../../tests/support/mongod/index.js";
import { startRoomWorld, type RoomServer, type RoomWorld } from "../../tests/support/rooms.js";

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

const roleOf = async (room: string, userId: string) => (await server.store.membership(room, userId))?.role ?? null;

describe("[L4] the same clientId again", () => {
  it("[L4] answers a repeated leave like the first, and another one as it is: not in the room", async () => {
    const roles = [
      [ada, "owner"],
      [grace, "member"],
    ] as const;
    const room = await world.makeRoom({ kind: "private", roles });
    const clientId = randomUUID();

    const outcomes = [
      await server.outcome("leaveRoom", grace, { room, clientId }),
      await server.outcome("leaveRoom", grace, { room, clientId }),
      await other.outcome("leaveRoom", grace, { room, clientId }),
      await server.outcome("leaveRoom", grace, { room }),
    ];

    expect(outcomes).toEqual(["ok", "ok", "ok", "not_found"]);
    expect((await server.entries(room)).length).toBe(3);
  });

  it("[L4] does not join again under the clientId of a join that was left since", async () => {
    const room = await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });
    const clientId = randomUUID();
    await server.call("joinRoom", grace, { room, clientId });
    await server.call("leaveRoom", grace, { room });

    const { body } = await server.call("joinRoom", grace, { room, clientId });

    expect(body).toMatchObject({ membership: null, room: { memberCount: 1 } });
    await server.call("updateRoom", ada, { room, body: { kind: "private" } });
    expect(await server.outcome("joinRoom", grace, { room, clientId })).toBe("not_found");
  });

  it("[L4] does not give a role again that was taken back since", async () => {
    const roles = [
      [ada, "owner"],
      [grace, "member"],
    ] as const;
    const room = await world.makeRoom({ kind: "private", roles });
    const input = { room, user: grace, clientId: randomUUID(), body: { role: "moderator" } };
    await server.call("putMember", ada, input);
    await server.call("putMember", ada, { room, user: grace, body: { role: "member" } });

    const { status } = await server.call("putMember", ada, input);

    expect(status).toBe(200);
    expect(await roleOf(room, grace)).toBe("member");
  });

  it("[L4] answers a repeated invitation like the first when both have left since", async () => {
    const roles = [
      [joan, "owner"],
      [ada, "member"],
    ] as const;
    const room = await world.makeRoom({ kind: "private", roles });
    const input = { room, user: grace, clientId: randomUUID(), body: {} };
    const first = await server.call("putMember", ada, input);
    await server.call("leaveRoom", ada, { room });
    await server.call("updateMembership", grace, { room, body: { notify: "none" } });

    const whenAdaLeft = await server.call("putMember", ada, input);
    await server.call("leaveRoom", grace, { room });
    const whenBothLeft = await other.call("putMember", ada, input);

    expect(whenAdaLeft).toEqual(first);
    expect(whenBothLeft).toEqual(first);
    expect(await server.outcome("putMember", ada, { ...input, clientId: randomUUID() })).toBe("not_found");
  });

  it("[L4] answers a repeated removal like the first, and refuses other content", async () => {
    const roles = [
      [ada, "owner"],
      [grace, "member"],
      [mary, "member"],
    ] as const;
    const room = await world.makeRoom({ kind: "private", roles });
    const clientId = randomUUID();

    const outcomes = [
      await server.outcome("removeMember", ada, { room, user: grace, clientId }),
      await server.outcome("removeMember", ada, { room, user: grace, clientId }),
      await server.outcome("removeMember", ada, { room, user: mary, clientId }),
      await server.outcome("removeMember", ada, { room, user: grace }),
    ];

    expect(outcomes).toEqual(["ok", "ok", "client_id_reused", "not_found"]);
    expect(await roleOf(room, mary)).toBe("member");
  });
});

describe("under way at the same time", () => {
  it("[G6] lets nothing through that was asked by somebody behind their own removal", async () => {
    const roles = [
      [ada, "owner"],
      [grace, "member"],
    ] as const;
    const room = await world.makeRoom({ kind: "private", roles });
    const guests = Array.from({ length: 6 }, (_, index) => world.addUser(`guest${index}`));

    await Promise.all([
      ...guests.slice(0, 3).map((user) => server.outcome("putMember", grace, { room, user, body: {} })),
      server.call("removeMember", ada, { room, user: grace }),
      ...guests.slice(3).map((user) => server.outcome("putMember", grace, { room, user, body: {} })),
    ]);

    const entries = await server.entries(room);
    const removal = entries.findIndex((entry) => entry.kind === "leave");
    expect(removal).toBeGreaterThan(0);
    expect(entries.slice(removal + 1).filter(({ senderId }) => senderId === grace)).toEqual([]);
  });

  it("[L11] keeps memberships, counts and owners as the log says, whatever two servers do at once", async () => {
    const people = Array.from({ length: 6 }, (_, index) => world.addUser(`person${index}`));
    const [founder] = people as [string];
    const room = await world.makeRoom({ kind: "public", roles: [[founder, "owner"]] });
    const steps = Array.from({ length: 120 }, (_, index) => {
      const person = people[(index * 7) % 6] ?? "";
      // The founder stays, so that the room is never left by all and archived.
      const target = people[1 + (index % 5)] ?? "";
      const on = index % 2 === 0 ? server : other;
      switch (index % 7) {
        case 0:
          return () => on.outcome("joinRoom", person, { room });
        case 1:
          return () => on.outcome(person === founder ? "getRoom" : "leaveRoom", person, { room });
        case 2:
        case 4:
          return () => on.outcome("putMember", person, { room, user: target, body: { role: "owner" } });
        case 3:
          return () => on.outcome("removeMember", person, { room, user: target });
        default:
          return () => on.outcome("putMember", person, { room, user: target, body: { role: "member" } });
      }
    });

    for (let start = 0; start < steps.length; start += 12) {
      await Promise.all(steps.slice(start, start + 12).map((step) => step()));
    }

    const entries = await server.entries(room);
    const folded = new Map<string, string>();
    for (const entry of entries) {
      if (entry.kind === "join")
        folded.set(entry.userId, entry.userId === founder && entry.seq === 1 ? "owner" : "member");
      if (entry.kind === "role") folded.set(entry.userId, entry.role);
      if (entry.kind === "leave") folded.delete(entry.userId);
    }
    const stored = await server.store.membersOf(room);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(new Map(stored.map(({ userId, role }) => [userId, role]))).toEqual(folded);
    expect((await server.store.room(room))?.memberCount).toBe(folded.size);
    expect(folded.size === 0 || [...folded.values()].includes("owner")).toBe(true);
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(["join", "leave", "role"]));
  });
});
