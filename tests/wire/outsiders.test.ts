/** What outsiders may know: nothing of private rooms, the description of public ones. */
import { randomUUID } from "node:crypto";
import type { RoomView } from "../../src/protocol/shapes.js";
import { createClients, type Clients, type TestUser } from "../support/clients.js";
import { startTestServer } from "../support/server.js";

let clients: Clients;
let ada: TestUser;
let eve: TestUser;
let rooms: { public: string; private: string };

beforeAll(async () => {
  clients = createClients(await startTestServer());
  [ada, eve] = await Promise.all([clients.registerUser("ada"), clients.registerUser("eve")]);
  rooms = { public: (await ada.createRoom("public")).room.id, private: (await ada.createRoom("private")).room.id };
});

/** Every call about a room but GET /rooms/:id and POST join. */
const calls: [string, string, unknown?][] = [
  ["PATCH", "", { topic: "mine" }],
  ["POST", "/leave"],
  ["GET", "/members"],
  ["PUT", "/members/ADA", { role: "member" }],
  ["PUT", "/members/EVE", {}],
  ["PUT", "/members/nobody", {}],
  ["DELETE", "/members/ADA"],
  ["DELETE", "/members/nobody"],
  ["PATCH", "/membership", { notify: "none" }],
  ["GET", "/messages"],
  ["GET", "/messages?around=1"],
  ["GET", "/messages/1"],
  ["GET", "/messages/999"],
  ["POST", "/messages", { text: "hello" }],
  ["POST", "/messages", { text: "hello", replyTo: 1 }],
  ["GET", "/log"],
];

describe.each(calls)("%s /rooms/:id%s", (method, rest, body) => {
  const refusal = (roomId: string) =>
    eve.refusal(method, `/rooms/${roomId}${rest.replace("ADA", ada.id).replace("EVE", eve.id)}`, body);

  it("[L6] wants joining first in a public room: forbidden", async () => {
    expect(await refusal(rooms.public)).toEqual({ status: 403, code: "forbidden" });
  });

  it("[L6] answers for a private room as for one that does not exist: not_found", async () => {
    const absent = await refusal(randomUUID());

    expect(absent).toEqual({ status: 404, code: "not_found" });
    expect(await refusal(rooms.private)).toEqual(absent);
  });
});

it("the words of not_found are the same for a private room and an absent one", async () => {
  const texts = await Promise.all(
    [rooms.private, randomUUID()].map(
      async (id) => (await eve.call<{ detail: string }>("GET", `/rooms/${id}/messages`)).body.detail,
    ),
  );

  expect(texts[0]).toBe(texts[1]);
});

it("an outsider may look at a public room's description, not at a private one's", async () => {
  const view = await eve.call<RoomView>("GET", `/rooms/${rooms.public}`);

  expect(view.body).toMatchObject({ room: { id: rooms.public }, membership: null, unread: 0, mentions: 0, peers: [] });
  expect(await eve.refusal("GET", `/rooms/${rooms.private}`)).toEqual({ status: 404, code: "not_found" });
  expect(await eve.refusal("POST", `/rooms/${rooms.private}/join`)).toEqual({ status: 404, code: "not_found" });
});

it.each(["x", "%00", "%F0%9F%99%82", "a.b%24c", "__proto__", "a".repeat(5_000), "%7B%22%24ne%22%3A1%7D"])(
  "an id that cannot exist counts as not found: %s",
  async (id) => {
    for (const path of [`/rooms/${id}`, `/rooms/${id}/log`, `/users/${id}`, `/rooms/${rooms.public}/messages/${id}`]) {
      const by = path.includes("/messages/") ? ada : eve;
      expect(await by.refusal("GET", path)).toEqual({ status: 404, code: "not_found" });
    }
    expect(await eve.refusal("POST", `/rooms/${id}/join`)).toEqual({ status: 404, code: "not_found" });
  },
);

it("over the socket: forbidden in a public room, not_found in a private or absent one", async () => {
  const socket = await eve.connect();
  const send = async (roomId: string) =>
    (await socket.refusal("message:send", { roomId, clientId: randomUUID(), text: "hello" })).code;

  expect(await send(rooms.public)).toBe("forbidden");
  expect(await send(rooms.private)).toBe("not_found");
  expect(await send("no such room")).toBe("not_found");
});

it("[S1] sync names rooms that one is not in as left, whether they exist or not", async () => {
  const socket = await eve.connect();

  const answer = await socket.emit("sync", { heads: { [rooms.public]: 0, [rooms.private]: 0, nowhere: 3 } });

  expect(answer.rooms).toEqual([]);
  expect(answer.left.toSorted()).toEqual([rooms.public, rooms.private, "nowhere"].toSorted());
});

it("[L6] pushes nothing of a room to outsiders", async () => {
  const [socket, own] = await Promise.all([eve.connect(), ada.connect()]);

  await own.send(rooms.public, "for members");
  await ada.call("PATCH", `/rooms/${rooms.public}`, { topic: `topic ${randomUUID()}` });
  await socket.settled();

  expect(socket.pushes).toEqual([]);
});
