/** The same (room, sender, clientId) is done once, however often and over whichever transport it arrives [L4]. */
import { randomUUID } from "node:crypto";
import type { Entry, MessageEntry } from "../../src/protocol/entries.js";
import type { RoomView } from "../../src/protocol/shapes.js";
import { createClients, type Clients } from "../support/clients.js";
import { startTestServer } from "../support/server.js";

let clients: Clients;

beforeAll(async () => {
  clients = createClients(await startTestServer());
});

async function twoPeople() {
  const [ada, bob] = await Promise.all([clients.registerUser("ada"), clients.registerUser("bob")]);
  const { room } = await ada.createRoom("public");
  await ada.invite(room.id, bob);
  const [adaSocket, bobSocket] = await Promise.all([ada.connect(), bob.connect()]);
  const path = `/rooms/${room.id}/messages`;
  const head = async () => (await ada.call<{ head: number }>("GET", `/rooms/${room.id}/log`)).body.head;
  return { ada, bob, roomId: room.id, path, adaSocket, bobSocket, head };
}

it("[L4] writes once what arrives many times at once over both transports, and answers each with the first entry", async () => {
  const { bob, roomId, path, adaSocket, bobSocket, head } = await twoPeople();
  const clientId = randomUUID();
  const text = "once";

  const answers = await Promise.all([
    ...Array.from({ length: 5 }, () => bobSocket.send(roomId, text, clientId)),
    ...Array.from(
      { length: 5 },
      async () => (await bob.call<Entry>("POST", path, { clientId, text: " once\r\n" })).body,
    ),
  ]);
  await adaSocket.settled();

  expect(new Set(answers.map((entry) => JSON.stringify(entry))).size).toBe(1);
  expect(adaSocket.entries(roomId)).toEqual([answers[0]]);
  expect(await head()).toBe(3);
});

it("[L4] answers 201 the first time and 200 for a repeat", async () => {
  const { bob, path } = await twoPeople();
  const body = { clientId: randomUUID(), text: "hello" };

  const first = await bob.call<Entry>("POST", path, body);
  const second = await bob.call<Entry>("POST", path, body);

  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body).toEqual(first.body);
});

it("[L4] takes the same clientId of another sender, or in another room, as something else", async () => {
  const { ada, roomId, adaSocket, bobSocket } = await twoPeople();
  const other = (await ada.createRoom()).room.id;
  const clientId = randomUUID();

  const sent = [
    await adaSocket.send(roomId, "hi", clientId),
    await bobSocket.send(roomId, "hi", clientId),
    await adaSocket.send(other, "hi", clientId),
  ];

  expect(sent.map((entry) => [entry.roomId, entry.seq])).toEqual([
    [roomId, 3],
    [roomId, 4],
    [other, 2],
  ]);
});

it("[L4] refuses other content under the same clientId, over both transports, waiting or long stored", async () => {
  const { bob, roomId, path, bobSocket, head } = await twoPeople();
  const clientId = randomUUID();

  const [first, atOnce] = await Promise.all([
    bobSocket.send(roomId, "hello", clientId),
    bobSocket.refusal("message:send", { roomId, clientId, text: "other" }),
  ]);
  const socketReply = await bobSocket.refusal("message:send", { roomId, clientId, text: "hello", replyTo: first.seq });
  const rest = await bob.refusal("POST", path, { clientId, text: "Hello" });

  expect([atOnce.code, socketReply.code]).toEqual(["client_id_reused", "client_id_reused"]);
  expect(rest).toEqual({ status: 409, code: "client_id_reused" });
  expect(await head()).toBe(first.seq);
});

it("[L4] takes an absent replyTo or fileIds and an empty one for the same content", async () => {
  const { bob, roomId, path, bobSocket } = await twoPeople();
  const clientId = randomUUID();

  const first = await bobSocket.send(roomId, "hello", clientId);
  const second = await bob.call("POST", path, { clientId, text: "hello", replyTo: null, fileIds: [] });

  expect(second).toMatchObject({ status: 200, body: first });
});

it("[L4] takes upper-case digits and lowers them, in body, header and packet", async () => {
  const { bob, roomId, path, bobSocket } = await twoPeople();
  const clientId = randomUUID();
  const upper = clientId.toUpperCase();

  const first = await bobSocket.send(roomId, "hello", upper);
  const byBody = await bob.call("POST", path, { clientId: upper, text: "hello" });
  const byHeader = await bob.call("POST", path, { text: "hello" }, { "Idempotency-Key": upper });

  expect(first.clientId).toBe(clientId);
  expect([byBody.body, byHeader.body]).toEqual([first, first]);
});

describe("Idempotency-Key", () => {
  it("[L4] stands in for the body's clientId; both may be given when they are the same", async () => {
    const { bob, path } = await twoPeople();
    const key = randomUUID();

    const first = await bob.call<Entry>("POST", path, { text: "hello" }, { "Idempotency-Key": key });
    const again = await bob.call("POST", path, { clientId: key, text: "hello" }, { "Idempotency-Key": key });

    expect(first.body.clientId).toBe(key);
    expect(again).toMatchObject({ status: 200, body: first.body });
  });

  it("[L4] other than the body's clientId, or of another form: invalid_request, and nothing is written", async () => {
    const { bob, path, head } = await twoPeople();
    const body = { clientId: randomUUID(), text: "hello" };

    for (const key of [randomUUID(), "retry-1"]) {
      const refused = await bob.refusal("POST", path, body, { "Idempotency-Key": key });
      expect(refused).toMatchObject({ status: 400, code: "invalid_request" });
    }
    expect(await head()).toBe(2);
  });

  it("[L4] without either the server makes a clientId", async () => {
    const { bob, path } = await twoPeople();

    const [one, two] = await Promise.all([
      bob.call<Entry>("POST", path, { text: "same" }),
      bob.call<Entry>("POST", path, { text: "same" }),
    ]);

    expect(one.body.clientId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(one.body.seq).not.toBe(two.body.seq);
  });

  it("[L4] makes joining, leaving, inviting, removing and changing a room repeatable", async () => {
    const { ada, bob, roomId, head } = await twoPeople();
    const cy = await clients.registerUser("cy");
    const twice = async (by: typeof ada, method: string, path: string, body?: unknown) => {
      const headers = { "Idempotency-Key": randomUUID() };
      const first = await by.call(method, path, body, headers);
      const before = await head();
      const second = await by.call(method, path, body, headers);
      expect({ path, status: second.status, head: await head() }).toEqual({
        path,
        status: first.status,
        head: before,
      });
      return headers;
    };

    await twice(cy, "POST", `/rooms/${roomId}/join`);
    await twice(ada, "PATCH", `/rooms/${roomId}`, { topic: "things" });
    await twice(ada, "PUT", `/rooms/${roomId}/members/${bob.id}`, { role: "moderator" });
    const leaving = await twice(cy, "POST", `/rooms/${roomId}/leave`);
    await twice(ada, "DELETE", `/rooms/${roomId}/members/${bob.id}`);
    await twice(ada, "PUT", `/rooms/${roomId}/members/${bob.id}`, {});

    const other = await cy.refusal("POST", `/rooms/${roomId}/join`, undefined, leaving);
    expect(other).toEqual({ status: 409, code: "client_id_reused" });
  });
});

it("[L4] answers a repeat with the first entry also when its sender has left or was removed since", async () => {
  const { ada, bob, roomId, path, bobSocket } = await twoPeople();
  const clientId = randomUUID();
  const first = await bobSocket.send(roomId, "last words", clientId);
  await ada.call("DELETE", `/rooms/${roomId}/members/${bob.id}`);

  const overSocket = await bobSocket.send(roomId, "last words", clientId);
  const overRest = await bob.call("POST", path, { clientId, text: "last words" });
  const fresh = await bob.refusal("POST", path, { text: "more words" });

  expect(overSocket).toEqual(first);
  expect(overRest).toMatchObject({ status: 200, body: first });
  expect(fresh).toEqual({ status: 403, code: "forbidden" });
});

it("[L4] finds a repeat after hundreds of other messages", async () => {
  const { bob, roomId, path, bobSocket } = await twoPeople();
  const body = { clientId: randomUUID(), text: "early" };
  const first = await bob.call<MessageEntry>("POST", path, body);
  for (let round = 0; round < 5; round++) {
    await Promise.all(Array.from({ length: 60 }, (_, index) => bobSocket.send(roomId, `${round} ${index}`)));
  }

  expect(await bob.call("POST", path, body)).toMatchObject({ status: 200, body: first.body });
});

describe("POST /rooms", () => {
  it("[L4] is made once for a clientId of a user: repeats, also at once, get the first room", async () => {
    const { ada, bob } = await twoPeople();
    const body = { clientId: randomUUID(), name: `Den ${randomUUID()}`, kind: "public" };

    const made = await Promise.all(Array.from({ length: 4 }, () => ada.call<RoomView>("POST", "/rooms", body)));
    const byKey = await ada.call<RoomView>(
      "POST",
      "/rooms",
      { name: body.name, kind: "public" },
      { "Idempotency-Key": body.clientId.toUpperCase() },
    );
    const other = await ada.refusal("POST", "/rooms", { ...body, topic: "another" });
    const others = await bob.call<RoomView>("POST", "/rooms", { ...body, name: `Lair ${randomUUID()}` });

    expect(made.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 201]);
    expect(new Set([...made, byKey].map(({ body: { room } }) => room.id)).size).toBe(1);
    expect(byKey.status).toBe(200);
    expect(other).toEqual({ status: 409, code: "client_id_reused" });
    expect(others.status).toBe(201);
  });
});
