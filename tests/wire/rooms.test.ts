/** Rooms and their members over REST, and what the sockets of those concerned are told. */
import { randomUUID } from "node:crypto";
import type { Entry } from "../../src/protocol/entries.js";
import type { Member, Membership, Room, RoomView } from "../../src/protocol/shapes.js";
import { createClients, type Clients, type TestUser } from "../support/clients.js";
import { startTestServer } from "../support/server.js";

let clients: Clients;
let ada: TestUser;
let bob: TestUser;

beforeAll(async () => {
  clients = createClients(await startTestServer());
});
beforeEach(async () => {
  [ada, bob] = await Promise.all([clients.registerUser("ada"), clients.registerUser("bob")]);
});

const logOf = async (user: TestUser, roomId: string) =>
  (await user.call<{ entries: Entry[]; head: number }>("GET", `/rooms/${roomId}/log`)).body;

it("[L11] starts a room with its creator's join, owner and all", async () => {
  const socket = await ada.connect();
  const name = `Ideas ${randomUUID()}`;

  const made = await ada.call<RoomView>("POST", "/rooms", { name: ` ${name} `, topic: "any", kind: "private" });
  const { room, membership } = made.body;
  const { entries } = await logOf(ada, room.id);
  await socket.waitFor(() => socket.entries(room.id).length > 0);

  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    room: { name, topic: "any", kind: "private", createdBy: ada.id, head: 1, memberCount: 1, archivedAt: null },
    membership: { userId: ada.id, role: "owner", readSeq: 1, notify: "all" },
    unread: 0,
    mentions: 0,
    peers: [],
  });
  expect(entries).toMatchObject([{ kind: "join", seq: 1, senderId: ada.id, userId: ada.id }]);
  expect(membership?.joinedAt).toBe(entries[0]?.sentAt);
  expect(socket.pushes).toEqual([
    { event: "room:added", data: { view: made.body } },
    { event: "entries", data: { roomId: room.id, entries } },
  ]);
});

it("refuses a public name that is taken, whatever its case; private rooms may share theirs", async () => {
  const name = `Lounge ${randomUUID()}`;
  const { room } = await ada.createRoom("public", name);

  expect(await bob.refusal("POST", "/rooms", { name: name.toUpperCase(), kind: "public" })).toMatchObject({
    status: 409,
    code: "conflict",
  });
  const own = await bob.createRoom("private", name);
  expect(await bob.refusal("PATCH", `/rooms/${own.room.id}`, { kind: "public" })).toMatchObject({ code: "conflict" });
  await ada.call("PATCH", `/rooms/${room.id}`, { name: `Other ${randomUUID()}` });
  expect((await bob.call("PATCH", `/rooms/${own.room.id}`, { kind: "public" })).status).toBe(200);
});

it.each([
  [{ kind: "public" }, "name"],
  [{ name: "", kind: "public" }, "name"],
  [{ name: "x".repeat(81), kind: "public" }, "name"],
  [{ name: "a\u200bb", kind: "public" }, "name"],
  [{ name: "room", kind: "direct" }, "kind"],
  [{ name: "room", kind: "public", topic: "x".repeat(251) }, "topic"],
  [{ name: "room", kind: "public", members: [] }, "members"],
])("[L7] refuses to make a room of %j and names the field", async (body, field) => {
  expect(await ada.refusal("POST", "/rooms", body)).toEqual({ status: 400, code: "invalid_request", fields: [field] });
});

it("[S2] [L11] tells whoever joins first of the room, then their own join and all that follows", async () => {
  const { room } = await ada.createRoom("public");
  const [adaSocket, bobSocket] = await Promise.all([ada.connect(), bob.connect()]);
  await adaSocket.send(room.id, "before");

  const joined = await bob.call<RoomView>("POST", `/rooms/${room.id}/join`);
  const again = await bob.call<RoomView>("POST", `/rooms/${room.id}/join`);
  await adaSocket.send(room.id, "after");
  await bobSocket.waitFor(() => bobSocket.entries(room.id).length >= 2);

  expect(joined.body.membership).toMatchObject({ role: "member", readSeq: 3 });
  expect(again.body.room.head).toBe(3);
  expect(bobSocket.pushes.map(({ event }) => event)).toEqual(["room:added", "entries", "entries"]);
  expect(bobSocket.of("room:added")).toEqual([{ view: joined.body }]);
  expect(bobSocket.entries(room.id)).toMatchObject([
    { seq: 3, kind: "join", userId: bob.id, senderId: bob.id },
    { seq: 4, kind: "message", text: "after" },
  ]);
  expect(adaSocket.entries(room.id).map(({ seq }) => seq)).toEqual([2, 3, 4]);
});

it("[S2] tells whoever leaves their leave, then that the room is gone, and the others the leave", async () => {
  const { room } = await ada.createRoom("private");
  await ada.invite(room.id, bob);
  const [adaSocket, bobSocket] = await Promise.all([ada.connect(), bob.connect()]);

  const left = await bob.call("POST", `/rooms/${room.id}/leave`);
  await adaSocket.send(room.id, "gone?");
  await bobSocket.settled();

  expect(left.status).toBe(204);
  expect(bobSocket.pushes).toMatchObject([
    { event: "entries", data: { entries: [{ seq: 3, kind: "leave", userId: bob.id, senderId: bob.id }] } },
    { event: "room:removed", data: { roomId: room.id } },
  ]);
  expect(adaSocket.entries(room.id)).toMatchObject([{ kind: "leave" }, { kind: "message" }]);
});

it("invites, gives roles and removes; a join or leave says who did it", async () => {
  const { room } = await ada.createRoom("private");
  const bobSocket = await bob.connect();
  const path = `/rooms/${room.id}/members/${bob.id}`;

  const invited = await ada.call<Membership>("PUT", path, {});
  const promoted = await ada.call<Membership>("PUT", path, { role: "moderator" });
  const members = await bob.call<{ members: Member[] }>("GET", `/rooms/${room.id}/members`);
  await bobSocket.waitFor(() => bobSocket.of("membership:changed").length > 0);
  const removed = await ada.call("DELETE", path);
  await bobSocket.waitFor(() => bobSocket.of("room:removed").length > 0);

  expect(invited.body).toMatchObject({ roomId: room.id, userId: bob.id, role: "member", readSeq: 2 });
  expect(promoted.body).toEqual({ ...invited.body, role: "moderator" });
  expect(
    members.body.members.map(({ user, membership, presence }) => [user.id, membership.role, presence.status]),
  ).toEqual([
    [ada.id, "owner", "offline"],
    [bob.id, "moderator", "online"],
  ]);
  expect(bobSocket.of("membership:changed")).toEqual([{ membership: promoted.body }]);
  expect(removed.status).toBe(204);
  expect((await logOf(ada, room.id)).entries).toMatchObject([
    { kind: "join" },
    { kind: "join", userId: bob.id, senderId: ada.id },
    { kind: "role", userId: bob.id, senderId: ada.id, role: "moderator" },
    { kind: "leave", userId: bob.id, senderId: ada.id },
  ]);
});

it("pushes a changed room to its members after the entry that changes it", async () => {
  const { room } = await ada.createRoom("public");
  await ada.invite(room.id, bob);
  const socket = await bob.connect();
  const name = `Renamed ${randomUUID()}`;

  const changed = await ada.call<RoomView>("PATCH", `/rooms/${room.id}`, { name, topic: "news", kind: "private" });
  const same = await ada.call<RoomView>("PATCH", `/rooms/${room.id}`, { name });
  await socket.waitFor(() => socket.of("room:changed").length > 0);

  expect(changed.body.room).toMatchObject({ name, topic: "news", kind: "private", head: 3 });
  expect(same.body.room.head).toBe(3);
  expect(socket.pushes).toEqual([
    { event: "entries", data: { roomId: room.id, entries: [expect.objectContaining({ kind: "room", seq: 3 })] } },
    { event: "room:changed", data: { room: changed.body.room } },
  ]);
  expect(socket.entries(room.id)).toMatchObject([{ changes: { name, topic: "news", kind: "private" } }]);
});

it("archived: readable, nothing new but un-archiving, leaving and removing", async () => {
  const { room } = await ada.createRoom("public");
  const cy = await clients.registerUser("cy");
  await ada.invite(room.id, bob);
  await ada.invite(room.id, cy);
  const archived = await ada.call<RoomView>("PATCH", `/rooms/${room.id}`, { archived: true });

  const refused = [
    await bob.refusal("POST", `/rooms/${room.id}/messages`, { text: "hello?" }),
    await ada.refusal("PATCH", `/rooms/${room.id}`, { topic: "x" }),
    await (await clients.registerUser()).refusal("POST", `/rooms/${room.id}/join`),
  ];
  expect(archived.body.room.archivedAt).not.toBeNull();
  for (const refusal of refused) expect(refusal).toEqual({ status: 403, code: "forbidden" });
  expect((await bob.call("GET", `/rooms/${room.id}/messages`)).status).toBe(200);
  expect((await bob.call("POST", `/rooms/${room.id}/leave`)).status).toBe(204);
  expect((await ada.call("DELETE", `/rooms/${room.id}/members/${cy.id}`)).status).toBe(204);
  const back = await ada.call<RoomView>("PATCH", `/rooms/${room.id}`, { archived: false });
  expect(back.body.room.archivedAt).toBeNull();
});

it("the last owner cannot step down, but leaves and hands over; when nobody is left the room is archived", async () => {
  const { room } = await ada.createRoom("public");
  await ada.invite(room.id, bob);

  const stepDown = await ada.refusal("PUT", `/rooms/${room.id}/members/${ada.id}`, { role: "member" });
  await ada.call("POST", `/rooms/${room.id}/leave`);
  const heir = await bob.call<RoomView>("GET", `/rooms/${room.id}`);
  await bob.call("POST", `/rooms/${room.id}/leave`);
  const empty = await bob.call<RoomView>("GET", `/rooms/${room.id}`);

  expect(stepDown).toEqual({ status: 409, code: "conflict" });
  expect(heir.body.membership).toMatchObject({ role: "owner" });
  expect(empty.body).toMatchObject({ room: { memberCount: 0 }, membership: null });
  expect(empty.body.room.archivedAt).not.toBeNull();
});

it("keeps what one is notified of, and tells one's other sockets", async () => {
  const { room } = await ada.createRoom("private");
  const socket = await ada.connect();

  const changed = await ada.call<Membership>("PATCH", `/rooms/${room.id}/membership`, { notify: "mentions" });
  await socket.waitFor(() => socket.of("membership:changed").length > 0);

  expect(changed.body).toMatchObject({ notify: "mentions", readSeq: 1 });
  expect(socket.of("membership:changed")).toEqual([{ membership: changed.body }]);
  expect(await ada.refusal("PATCH", `/rooms/${room.id}/membership`, { notify: "some" })).toMatchObject({
    fields: ["notify"],
  });
});

it("lists one's rooms with what is unread: messages by others after one's own join, at most 100", async () => {
  const { room } = await ada.createRoom("public");
  const socket = await ada.connect();
  await socket.send(room.id, "before bob came");
  await bob.call("POST", `/rooms/${room.id}/join`);
  const unread = async (user: TestUser) =>
    (await user.call<{ rooms: RoomView[] }>("GET", "/rooms")).body.rooms.map((view) => view.unread);

  await socket.send(room.id, "one");
  await bob.call("POST", `/rooms/${room.id}/messages`, { text: "my own" });
  await socket.send(room.id, "two");
  expect([await unread(bob), await unread(ada)]).toEqual([[2], [1]]);
  for (const half of ["a", "b"]) {
    await Promise.all(Array.from({ length: 55 }, (_, index) => socket.send(room.id, `more ${half} ${index}`)));
  }

  expect(await unread(bob)).toEqual([100]);
});

describe("the directory", () => {
  it("holds public rooms by name, page by page, with what matches", async () => {
    const tag = randomUUID().slice(0, 8);
    const made = await Promise.all(["c", "a", "B"].map((letter) => ada.createRoom("public", `${letter} ${tag} (x)`)));
    await ada.createRoom("private", `hidden ${tag}`);
    const gone = await ada.createRoom("public", `gone ${tag}`);
    await ada.call("PATCH", `/rooms/${gone.room.id}`, { archived: true });
    type Page = { rooms: Room[]; nextCursor: string | null };

    const found: Room[] = [];
    for (let cursor = ""; ;) {
      const path = `/rooms/directory?query=${tag.toUpperCase()}&limit=2${cursor}`;
      const { rooms, nextCursor } = (await bob.call<Page>("GET", path)).body;
      found.push(...rooms);
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    const [c, a, b] = made.map(({ room }) => room);
    expect(found).toEqual([a, b, c]);
    const exact = await bob.call<Page>("GET", `/rooms/directory?query=${encodeURIComponent(`b ${tag} (x`)}`);
    expect(exact.body.rooms).toEqual([b]);
  });

  it.each(["cursor=@@", "limit=0", "limit=201", "limit=ten", "limit=1.5", "page=2", `query=${"x".repeat(65)}`])(
    "refuses ?%s",
    async (query) => {
      const refused = await ada.refusal("GET", `/rooms/directory?${query}`);
      expect(refused).toEqual({ status: 400, code: "invalid_request", fields: [query.split("=", 1)[0]] });
    },
  );
});
