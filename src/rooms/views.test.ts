import { testDatabaseUri } from "../../tests/support/mongod/index.js";
import { startRoomWorld, type RoomServer, type RoomWorld } from "../../tests/support/rooms.js";
import type { Member, Membership, Room } from "../protocol/shapes.js";

let world: RoomWorld;
let server: RoomServer;
let ada: string;
let grace: string;
let mary: string;

beforeAll(async () => {
  world = await startRoomWorld(testDatabaseUri());
  [server] = world.servers as [RoomServer];
  [ada, grace, mary] = ["ada", "grace", "mary"].map((name) => world.addUser(name)) as [string, string, string];
});

afterAll(async () => {
  await world.close();
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
    const quiet: string[] = [];
    for (let made = 0; made < 10; made++) quiet.push(await world.makeRoom({ kind: "public", roles: [[eve, "owner"]] }));
    await world.makeRoom({ kind: "public", roles: [[ada, "owner"]] });
    await Promise.all(Array.from({ length: 3 }, () => server.say(busy, ada, "hello")));
    await server.say(busy, eve, "my own");

    const few = await server.rooms.views.viewsOf(eve);
    await Promise.all(Array.from({ length: 110 }, () => server.say(busy, ada, "hello")));
    const many = await server.rooms.views.viewOf(busy, eve);

    const unread = new Map(few.map((view) => [view.room.id, view.unread]));
    expect(unread).toEqual(new Map([[busy, 3], ...quiet.map((room) => [room, 0] as const)]));
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
