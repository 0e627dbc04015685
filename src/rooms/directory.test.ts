import { endpoints } from "../protocol/endpoints/index.js";
import { testDatabaseUri } from "../../tests/support/mongod/index.js";
import { startRoomWorld, type RoomServer, type RoomWorld } from "../../tests/support/rooms.js";
import type { Room } from "../protocol/shapes.js";

const NAMES = [
  "Alpha",
  "beta (1)",
  "Gamma.Ray",
  "delta",
  "Übersicht",
  "ÉCOLE",
  "日本語の部屋",
  "50% off",
  "back\\slash",
];

let world: RoomWorld;
let server: RoomServer;
let ada: string;
let grace: string;

beforeAll(async () => {
  world = await startRoomWorld(testDatabaseUri());
  [server] = world.servers as [RoomServer];
  ada = world.addUser("ada");
  grace = world.addUser("grace");
  for (const name of NAMES) await server.call("createRoom", ada, { body: { name, kind: "public" } });
  await server.call("createRoom", ada, { body: { name: "Alpha hidden", kind: "private" } });
  const { body } = await server.call("createRoom", ada, { body: { name: "Alpha archived", kind: "public" } });
  const { id } = body?.["room"] as Room;
  await server.call("updateRoom", ada, { room: id, body: { archived: true } });
});

afterAll(async () => {
  await world.close();
});

async function list(query: { query?: string; cursor?: string; limit?: number } = {}) {
  const { body } = await server.call("listDirectory", grace, { query: { limit: 50, ...query } });
  const { rooms, nextCursor } = body as unknown as { rooms: Room[]; nextCursor: string | null };
  return { rooms, names: rooms.map(({ name }) => name), nextCursor };
}

describe("the directory", () => {
  it("lists public rooms by name, without private and archived ones", async () => {
    const { names, nextCursor } = await list();

    const keys = names.map((name) => (name ?? "").toLowerCase());
    expect(names.toSorted()).toEqual(NAMES.toSorted());
    expect(keys).toEqual(keys.toSorted((one, two) => Buffer.compare(Buffer.from(one), Buffer.from(two))));
    expect(nextCursor).toBeNull();
  });

  it("gives every room once over pages of any size, with its head", async () => {
    const whole = await list();
    for (const limit of [1, 2, 4, NAMES.length]) {
      const seen: Room[] = [];
      let cursor: string | null = null;

      do {
        const page = await list({ limit, ...(cursor === null ? {} : { cursor }) });
        seen.push(...page.rooms);
        cursor = page.nextCursor;
      } while (cursor !== null);

      expect(seen).toEqual(whole.rooms);
      expect(seen.every(({ head, memberCount }) => head === 1 && memberCount === 1)).toBe(true);
    }
  });

  it("goes on where it was when a room of the last page is gone", async () => {
    const { body } = await server.call("createRoom", ada, { body: { name: "aardvark", kind: "public" } });
    const { id } = body?.["room"] as Room;
    const whole = await list({ limit: 200 });
    const at = whole.names.indexOf("aardvark");
    const first = await list({ limit: at + 1 });
    await server.call("updateRoom", ada, { room: id, body: { kind: "private" } });

    const next = await list({ cursor: first.nextCursor ?? "" });

    expect(next.names).toEqual(whole.names.slice(at + 1));
  });

  it.each([
    ["alp", ["Alpha"]],
    ["PHA", ["Alpha"]],
    ["über", ["Übersicht"]],
    ["école", ["ÉCOLE"]],
    ["本語", ["日本語の部屋"]],
    ["(1)", ["beta (1)"]],
    [".", ["Gamma.Ray"]],
    ["%", ["50% off"]],
    ["\\", ["back\\slash"]],
    [".*", []],
    ["^a", []],
    ["a|b", []],
    ["$", []],
    ["(", ["beta (1)"]],
  ])("finds %j as text, never as a pattern", async (query, names) => {
    expect((await list({ query })).names.toSorted()).toEqual(names);
  });

  it.each(["%%%", "a", "", "=", "/w", "YWJj="])("refuses the cursor %j, which no server gave", async (cursor) => {
    const outcome = await server.outcome("listDirectory", grace, { query: { limit: 50, cursor } });

    expect(outcome).toBe("invalid_request");
  });

  it("gives cursors that the contract lets through, whatever the name", async () => {
    // One of these becomes 18 characters when it is folded.
    const name = "\u{FDFA}".repeat(80);
    await server.call("createRoom", ada, { body: { name: `a${name.slice(1)}`, kind: "public" } });
    await server.call("createRoom", ada, { body: { name: `a${name.slice(2)}\u{FDFB}`, kind: "public" } });
    const whole = await list();

    const seen: (string | null)[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({ limit: 1, ...(cursor === null ? {} : { cursor }) });
      seen.push(...page.names);
      cursor = page.nextCursor;
      expect(endpoints.listDirectory.query.safeParse(cursor === null ? {} : { cursor }).success).toBe(true);
    } while (cursor !== null);

    expect(seen).toEqual(whole.names);
  });
});
