/** Sending: one order for everybody, each clientId once, over both transports. */
import { randomUUID } from "node:crypto";
import type { MessageEntry } from "../../src/protocol/entries.js";
import { createClients, type Clients } from "../support/clients.js";
import { startTestServer, type TestServer } from "../support/server.js";

let server: TestServer;
let clients: Clients;

beforeAll(async () => {
  server = await startTestServer();
  clients = createClients(server);
});

/** A room with its owner and two members, each with a socket. */
async function threePeople() {
  const [ada, bob, cy] = await Promise.all([
    clients.registerUser("ada"),
    clients.registerUser("bob"),
    clients.registerUser("cy"),
  ]);
  const { room } = await ada.createRoom("private");
  await ada.invite(room.id, bob);
  await ada.invite(room.id, cy);
  const sockets = await Promise.all([ada.connect(), bob.connect(), cy.connect()]);
  return { ada, bob, cy, roomId: room.id, sockets };
}

it("[L1] [L2] gives concurrent senders over both transports one order without gap, and times that never decrease", async () => {
  const { ada, bob, roomId, sockets } = await threePeople();
  const first = 4;
  const count = 120;

  const sent = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const text = `message ${index}`;
      if (index % 4 === 3) {
        const by = index % 8 === 3 ? ada : bob;
        return (await by.call<MessageEntry>("POST", `/rooms/${roomId}/messages`, { text })).body;
      }
      return await (sockets[index % 3] as (typeof sockets)[number]).send(roomId, text);
    }),
  );
  await Promise.all(sockets.map((socket) => socket.waitFor(() => socket.entries(roomId).length >= count)));

  const log = await ada.call<{ entries: MessageEntry[] }>("GET", `/rooms/${roomId}/log?after=3&limit=200`);
  const { entries } = log.body;
  expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: count }, (_, index) => first + index));
  expect(entries.map(({ sentAt }) => sentAt)).toEqual(entries.map(({ sentAt }) => sentAt).toSorted());
  expect([...sent].sort((one, other) => one.seq - other.seq)).toEqual(entries);
  for (const socket of sockets) expect(socket.entries(roomId)).toEqual(entries);
});

it("[G6] keeps the order in which one client sends", async () => {
  const { sockets, roomId } = await threePeople();
  const texts = Array.from({ length: 50 }, (_, index) => `${index}`);

  const sent = await Promise.all(texts.map((text) => sockets[1].send(roomId, text)));

  expect(sent.map(({ seq }) => seq)).toEqual(texts.map((_, index) => index + 4));
});

it("pushes a message to every socket of every member, the sender's own too", async () => {
  const { ada, bob, roomId, sockets } = await threePeople();
  const second = await bob.connect();

  const entry = await sockets[1].send(roomId, "hello\r\nthere\t!  ");
  for (const socket of [...sockets, second]) await socket.waitFor(() => socket.entries(roomId).length > 0);

  expect(entry).toEqual({
    roomId,
    seq: 4,
    kind: "message",
    senderId: bob.id,
    clientId: entry.clientId,
    sentAt: entry.sentAt,
    text: "hello\nthere\t!",
    replyTo: null,
    files: [],
    mentions: [],
    editedAt: null,
    deletedAt: null,
    reactions: [],
    pinned: false,
    changedSeq: null,
  });
  for (const socket of [...sockets, second]) expect(socket.entries(roomId)).toEqual([entry]);
  expect((await ada.call("GET", `/rooms/${roomId}/messages/4`)).body).toEqual(entry);
});

it("takes a reply to a message, and refuses one to what is no message [L10]", async () => {
  const { ada, roomId, sockets } = await threePeople();
  const first = await sockets[0].send(roomId, "question");

  const reply = await sockets[1].emit("message:send", {
    roomId,
    clientId: randomUUID(),
    text: "answer",
    replyTo: first.seq,
  });

  expect(reply).toMatchObject({ replyTo: first.seq });
  for (const replyTo of [1, 99]) {
    const payload = { roomId, clientId: randomUUID(), text: "to what?", replyTo };
    expect(await sockets[1].refusal("message:send", payload)).toMatchObject({ code: "not_found" });
    expect(await ada.refusal("POST", `/rooms/${roomId}/messages`, { text: "to what?", replyTo })).toMatchObject({
      code: "not_found",
    });
  }
});

it("refuses files that are not the sender's uploads", async () => {
  const { ada, roomId, sockets } = await threePeople();

  const overSocket = await sockets[0].refusal("message:send", {
    roomId,
    clientId: randomUUID(),
    text: "see",
    fileIds: ["none"],
  });
  const overRest = await ada.refusal("POST", `/rooms/${roomId}/messages`, { text: "see", fileIds: ["none"] });

  expect([overSocket.code, overRest.code]).toEqual(["not_found", "not_found"]);
});

describe("a message that is not valid", () => {
  const ok = { text: "words" };
  const cases: [string, Record<string, unknown>, string][] = [
    ["no text", { text: undefined }, "text"],
    ["an empty text", { text: "" }, "text"],
    ["white space alone", { text: " \r\n\t " }, "text"],
    ["over 8,000 characters", { text: "x".repeat(8_001) }, "text"],
    ["over 8,000 UTF-16 units of emoji", { text: `${"🙂".repeat(4_000)}x` }, "text"],
    ["a control character", { text: "a\u0000b" }, "text"],
    ["a carriage return alone", { text: "a\rb" }, "text"],
    ["half a surrogate pair", { text: "a\ud800b" }, "text"],
    ["a text that is a number", { text: 5 }, "text"],
    ["a reply to 0", { ...ok, replyTo: 0 }, "replyTo"],
    ["a reply to a fraction", { ...ok, replyTo: 1.5 }, "replyTo"],
    ["11 files", { ...ok, fileIds: Array.from({ length: 11 }, String) }, "fileIds"],
    ["a clientId of another form", { ...ok, clientId: "1234" }, "clientId"],
    ["an unknown field", { ...ok, colour: "red" }, "colour"],
  ];

  it.each(cases)("[L7] %s: invalid_request names the field, over both transports", async (_, fields, path) => {
    const { ada, roomId, sockets } = await threePeople();

    const ack = await sockets[0].refusal("message:send", { roomId, clientId: randomUUID(), ...fields });
    const answer = await ada.refusal("POST", `/rooms/${roomId}/messages`, fields);

    expect(ack.code).toBe("invalid_request");
    expect(ack.fields?.map((field) => field.path)).toEqual([path]);
    expect(answer).toEqual({ status: 400, code: "invalid_request", fields: [path] });
    expect((await ada.call<{ head: number }>("GET", `/rooms/${roomId}/log`)).body.head).toBe(3);
  });

  it("takes exactly 8,000 characters after trimming", async () => {
    const { roomId, sockets } = await threePeople();
    const text = "x".repeat(8_000);

    expect(await sockets[0].send(roomId, ` ${text}\n`)).toMatchObject({ text });
  });
});
