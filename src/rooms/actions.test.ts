import { randomUUID } from "node:crypto";
import { testDatabaseUri } from "../../tests/support/mongod/index.js";
import { startRoomWorld, type RoomServer, type RoomWorld } from "../../tests/support/rooms.js";
import type { Entry } from "../protocol/entries.js";
import type { Member, Membership, Room, RoomView } from "../protocol/shapes.js";

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

  it("[L11] leaves neither entry nor change when a name is taken: renaming, and making public", async () => {
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

describe("views and members", () => {
  it("counts the messages by others after readSeq, up to 100, in every room one is in", async () => {
    const eve = world.addUser("eve");
    const busy = await world.makeRoom({
      kind: "private",
      roles: [
        [ada, "owner"],
        [eve, "member"],
      ],
    });
    const quiet = await world.makeRoom({ kind: "public", roles: [[eve, "owner"]] });
    await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });
    await Promise.all(Array.from({ length: 3 }, () => server.say(busy, ada, "hello")));
    await server.say(busy, eve, "my own");

    const few = await server.rooms.views.viewsOf(eve);
    await Promise.all(Array.from({ length: 110 }, () => server.say(busy, ada, "hello")));
    const many = await server.rooms.views.viewOf(busy, eve);

    const unread = new Map(few.map((view) => [view.room.id, view.unread]));
    expect(unread).toEqual(
      new Map([
        [busy, 3],
        [quiet, 0],
      ]),
    );
    expect(few.find(({ room }) => room.id === busy)?.room.head).toBe(6);
    expect(many.unread).toBe(100);
  });

  it("shows a public room to someone who is not in it, without a membership", async () => {
    const room = await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });

    const { body } = await server.call("getRoom", grace, { room });

    expect(body).toMatchObject({ membership: null, unread: 0, mentions: 0, peers: [] });
    expect((body?.["room"] as Room).id).toBe(room);
  });

  it("lists members in the order of joining, with user and presence", async () => {
    const roles = [
      [mary, "owner"],
      [ada, "member"],
      [grace, "moderator"],
    ] as const;
    const room = await world.makeRoom({ kind: "private", roles });

    const { body } = await server.call("listMembers", ada, { room });

    const members = body?.["members"] as Member[];
    expect(members.map(({ user, membership }) => [user.username, membership.role])).toEqual([
      ["mary", "owner"],
      ["ada", "member"],
      ["grace", "moderator"],
    ]);
    expect(members[1]?.presence).toEqual({ userId: ada, status: "offline", lastSeenAt: null });
  });

  it("keeps notify as set, and pushes the membership to its user", async () => {
    const room = await world.makeRoom({ kind: "private", roles: [[ada, "owner"]] });

    const { body } = await server.call("updateMembership", ada, { room, body: { notify: "mentions" } });

    expect((body as unknown as Membership).notify).toBe("mentions");
    expect(server.membershipPushes.at(-1)).toEqual(body);
    expect(await server.rooms.membershipOf(room, ada)).toEqual(body);
    expect((await server.entries(room)).length).toBe(1);
  });
});
