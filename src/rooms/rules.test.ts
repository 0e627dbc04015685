import { randomUUID } from "node:crypto";
import { testDatabaseUri } from "../../tests/support/mongod/index.js";
import { startRoomWorld, type CallInput, type RoomCall, type RoomWorld } from "../../tests/support/rooms.js";
import type { Entry } from "../protocol/entries.js";
import type { RoomKind } from "../protocol/shapes.js";

let world: RoomWorld;

beforeAll(async () => {
  world = await startRoomWorld(testDatabaseUri());
});

afterAll(async () => {
  await world.close();
});

type Actor = "outsider" | "member" | "moderator" | "owner";
type Who = Actor | "member2" | "moderator2" | "owner2" | "stranger";

const ACTORS = ["outsider", "member", "moderator", "owner"] as const satisfies readonly Actor[];

/** What somebody tries, and the kinds of the entries it appends when it is allowed ("" for none). */
const ACTIONS: Record<string, { call: RoomCall; target?: Who; body?: object; entries: string }> = {
  "look at it": { call: "getRoom", entries: "" },
  "list its members": { call: "listMembers", entries: "" },
  "set what to be notified of": { call: "updateMembership", body: { notify: "none" }, entries: "" },
  join: { call: "joinRoom", entries: "join" },
  leave: { call: "leaveRoom", entries: "leave" },
  invite: { call: "putMember", target: "stranger", body: {}, entries: "join" },
  "invite as a moderator": {
    call: "putMember",
    target: "stranger",
    body: { role: "moderator" },
    entries: "join role",
  },
  "make a member a moderator": { call: "putMember", target: "member2", body: { role: "moderator" }, entries: "role" },
  "make a moderator an owner": { call: "putMember", target: "moderator2", body: { role: "owner" }, entries: "role" },
  "make an owner a member": { call: "putMember", target: "owner2", body: { role: "member" }, entries: "role" },
  "give a member the role it has": { call: "putMember", target: "member2", body: { role: "member" }, entries: "" },
  "invite somebody who is in it": { call: "putMember", target: "moderator2", body: {}, entries: "" },
  "remove a member": { call: "removeMember", target: "member2", entries: "leave" },
  "remove a moderator": { call: "removeMember", target: "moderator2", entries: "leave" },
  "remove an owner": { call: "removeMember", target: "owner2", entries: "leave" },
  "remove somebody who is not in it": { call: "removeMember", target: "stranger", entries: "" },
  "change the name": { call: "updateRoom", body: { name: null }, entries: "room" },
  "change the topic": { call: "updateRoom", body: { topic: "another topic" }, entries: "room" },
  "make it private": { call: "updateRoom", body: { kind: "private" }, entries: "room" },
  "make it public": { call: "updateRoom", body: { kind: "public" }, entries: "room" },
  "archive it": { call: "updateRoom", body: { archived: true }, entries: "room" },
  "un-archive it": { call: "updateRoom", body: { archived: false }, entries: "room" },
  "change nothing": { call: "updateRoom", body: { topic: "" }, entries: "" },
};

/** Columns: outsider, member, moderator, owner. `same`: answered, and nothing is appended although it could be. */
const TABLE: Record<string, string> = {
  "public: look at it": "ok ok ok ok",
  "public: list its members": "forbidden ok ok ok",
  "public: set what to be notified of": "forbidden ok ok ok",
  "public: join": "ok same same same",
  "public: leave": "forbidden ok ok ok",
  "public: invite": "forbidden ok ok ok",
  "public: invite as a moderator": "forbidden forbidden forbidden ok",
  "public: make a member a moderator": "forbidden forbidden forbidden ok",
  "public: make a moderator an owner": "forbidden forbidden forbidden ok",
  "public: make an owner a member": "forbidden forbidden forbidden ok",
  "public: give a member the role it has": "forbidden ok ok ok",
  "public: invite somebody who is in it": "forbidden ok ok ok",
  "public: remove a member": "forbidden forbidden ok ok",
  "public: remove a moderator": "forbidden forbidden forbidden ok",
  "public: remove an owner": "forbidden forbidden forbidden forbidden",
  "public: remove somebody who is not in it": "forbidden not_found not_found not_found",
  "public: change the name": "forbidden forbidden ok ok",
  "public: change the topic": "forbidden forbidden ok ok",
  "public: make it private": "forbidden forbidden forbidden ok",
  "public: archive it": "forbidden forbidden forbidden ok",
  "public: change nothing": "forbidden ok ok ok",

  "private: look at it": "not_found ok ok ok",
  "private: list its members": "not_found ok ok ok",
  "private: set what to be notified of": "not_found ok ok ok",
  "private: join": "not_found same same same",
  "private: leave": "not_found ok ok ok",
  "private: invite": "not_found ok ok ok",
  "private: invite as a moderator": "not_found forbidden forbidden ok",
  "private: make a member a moderator": "not_found forbidden forbidden ok",
  "private: make a moderator an owner": "not_found forbidden forbidden ok",
  "private: make an owner a member": "not_found forbidden forbidden ok",
  "private: invite somebody who is in it": "not_found ok ok ok",
  "private: remove a member": "not_found forbidden ok ok",
  "private: remove a moderator": "not_found forbidden forbidden ok",
  "private: remove an owner": "not_found forbidden forbidden forbidden",
  "private: remove somebody who is not in it": "not_found not_found not_found not_found",
  "private: change the name": "not_found forbidden ok ok",
  "private: change the topic": "not_found forbidden ok ok",
  "private: make it public": "not_found forbidden forbidden ok",
  "private: archive it": "not_found forbidden forbidden ok",
  "private: change nothing": "not_found ok ok ok",

  "archived public: look at it": "ok ok ok ok",
  "archived public: list its members": "forbidden ok ok ok",
  "archived public: set what to be notified of": "forbidden ok ok ok",
  "archived public: join": "forbidden same same same",
  "archived public: leave": "forbidden ok ok ok",
  "archived public: invite": "forbidden forbidden forbidden forbidden",
  "archived public: make a member a moderator": "forbidden forbidden forbidden forbidden",
  "archived public: remove a member": "forbidden forbidden ok ok",
  "archived public: remove a moderator": "forbidden forbidden forbidden ok",
  "archived public: change the name": "forbidden forbidden forbidden forbidden",
  "archived public: change the topic": "forbidden forbidden forbidden forbidden",
  "archived public: make it private": "forbidden forbidden forbidden forbidden",
  "archived public: archive it": "forbidden same same same",
  "archived public: un-archive it": "forbidden forbidden forbidden ok",

  "archived private: look at it": "not_found ok ok ok",
  "archived private: join": "not_found same same same",
  "archived private: leave": "not_found ok ok ok",
  "archived private: invite": "not_found forbidden forbidden forbidden",
  "archived private: change the name": "not_found forbidden forbidden forbidden",
  "archived private: remove a member": "not_found forbidden ok ok",
  "archived private: un-archive it": "not_found forbidden forbidden ok",

  // Everybody in a direct room is a plain member; higher roles are tried to show that they would change nothing.
  "direct: look at it": "not_found ok ok ok",
  "direct: list its members": "not_found ok ok ok",
  "direct: set what to be notified of": "not_found ok ok ok",
  "direct: join": "not_found same same same",
  "direct: leave": "not_found forbidden forbidden forbidden",
  "direct: invite": "not_found forbidden forbidden forbidden",
  "direct: make a member a moderator": "not_found forbidden forbidden forbidden",
  "direct: remove a member": "not_found forbidden forbidden forbidden",
  "direct: change the name": "not_found forbidden forbidden forbidden",
  "direct: make it public": "not_found forbidden forbidden forbidden",
  "direct: archive it": "not_found forbidden forbidden forbidden",

  "absent: look at it": "not_found not_found not_found not_found",
  "absent: list its members": "not_found not_found not_found not_found",
  "absent: set what to be notified of": "not_found not_found not_found not_found",
  "absent: join": "not_found not_found not_found not_found",
  "absent: leave": "not_found not_found not_found not_found",
  "absent: invite": "not_found not_found not_found not_found",
  "absent: remove a member": "not_found not_found not_found not_found",
  "absent: change the name": "not_found not_found not_found not_found",
};

const ROLES = {
  owner: "owner",
  owner2: "owner",
  moderator: "moderator",
  moderator2: "moderator",
  member: "member",
  member2: "member",
} as const;

async function roomOf(condition: string): Promise<{ room: string; people: Record<Who, string> }> {
  const names: Who[] = ["outsider", "member", "moderator", "owner", "member2", "moderator2", "owner2", "stranger"];
  const people = Object.fromEntries(names.map((name) => [name, world.addUser(name)])) as Record<Who, string>;
  if (condition === "absent") return { room: "no such room", people };
  const kind = condition.split(" ").at(-1) as RoomKind;
  const roles = Object.entries(ROLES).map(([who, role]) => [people[who as Who], role] as const);
  const room = await world.makeRoom({ kind, roles });
  if (condition.startsWith("archived")) {
    await server().call("updateRoom", people.owner, { room, body: { archived: true } });
  }
  return { room, people };
}

const server = () => {
  const [only] = world.servers;
  if (only === undefined) throw new Error("There is no server.");
  return only;
};

/** Public names are unique, so each new one is. */
const withName = (body: object) => ("name" in body ? { name: randomUUID() } : body);

/** What the entries say of the members and the room; the database must say the same [L11]. */
function fold(entries: readonly Entry[]): Set<string> {
  const members = new Set<string>();
  for (const entry of entries) {
    if (entry.kind === "join") members.add(entry.userId);
    if (entry.kind === "leave") members.delete(entry.userId);
  }
  return members;
}

const cells = Object.entries(TABLE).flatMap(([row, columns]) => {
  const [condition = "", action = ""] = row.split(": ");
  const outcomes = columns.split(" ");
  return ACTORS.map((actor, index) => ({ condition, action, actor, expected: outcomes[index] ?? "" }));
});

describe("§6: who may do what, cell by cell", () => {
  it.each(cells)("$condition room, $actor: $action → $expected", async ({ condition, action, actor, expected }) => {
    const { call, target, body, entries } = ACTIONS[action] ?? { call: "getRoom" as const, entries: "?" };
    const { room, people } = await roomOf(condition);
    const before = await server().entries(room);
    const input: CallInput = {
      room,
      ...(target ? { user: people[target] } : {}),
      ...(body ? { body: withName(body) } : {}),
    };

    const outcome = await server().outcome(call, people[actor], input);

    const after = await server().entries(room);
    const appended = after.slice(before.length).map(({ kind }) => kind);
    expect(outcome).toBe(expected === "same" ? "ok" : expected);
    // An owner who archives what is archived, and everybody who is refused, takes no position.
    expect(appended.join(" ")).toBe(expected === "ok" ? entries : "");
    const members = await server().store.membersOf(room);
    expect(new Set(members.map(({ userId }) => userId))).toEqual(fold(after));
    expect((await server().store.room(room))?.memberCount ?? 0).toBe(members.length);
  });
});
