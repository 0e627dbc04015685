/** Nothing that a client sends ends the process, and nothing is answered that was not understood [D5]. */
import { randomUUID } from "node:crypto";
import { LIMITS } from "../../src/protocol/limits.js";
import { createClients, type Clients, type TestUser } from "../support/clients.js";
import { startTestServer, type TestServer } from "../support/server.js";
import type { TestSocket } from "../support/sockets.js";

let server: TestServer;
let clients: Clients;
let eve: TestUser;
let roomId: string;

beforeAll(async () => {
  server = await startTestServer();
  clients = createClients(server);
  eve = await clients.registerUser("eve");
  roomId = (await eve.createRoom()).room.id;
});

/** A server that lives answers somebody new. */
async function expectAlive(): Promise<void> {
  const socket = await eve.connect();
  await socket.send(roomId, "still here");
  socket.close();
  expect(server.logs.filter(({ level }) => level === "error" || level === "fatal")).toEqual([]);
}

const message = (fields: object = {}) => ({ roomId, clientId: randomUUID(), text: "words", ...fields });

/** As `JSON.parse` makes it: an object with a key of its own of that name. */
const withKey = (key: string, value: unknown = 1) =>
  JSON.parse(JSON.stringify({ a: 0 }).replace("a", key).replace("0", JSON.stringify(value))) as object;

const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

const payloads: [string, () => unknown[]][] = [
  ["nothing", () => []],
  ["two objects", () => [message(), message()]],
  ["null", () => [null]],
  ["undefined", () => [undefined]],
  ["a string", () => ["words"]],
  ["a number", () => [42]],
  ["a list", () => [[message()]]],
  ["an empty object", () => [{}]],
  ["binary", () => [Buffer.from("words")]],
  ["binary in a field", () => [message({ text: Buffer.from("words") })]],
  ["binary in an unknown field", () => [message({ more: new Uint8Array(9) })]],
  ["an operator for an id", () => [message({ roomId: { $ne: null } })]],
  ["an operator for a clientId", () => [message({ clientId: { $gt: "" } })]],
  ["a field too many", () => [message({ senderId: "somebody" })]],
  ["__proto__", () => [{ ...message(), ...{ nested: withKey("__proto__") } }]],
  ["__proto__ at the top", () => [Object.defineProperty(message(), "__proto__", { value: {}, enumerable: true })]],
  ["constructor", () => [message({ constructor: { prototype: { polluted: true } } })]],
  ["a text of 60,000 characters", () => [message({ text: "x".repeat(60_000) })]],
  [
    "many unknown fields",
    () => [Object.fromEntries(Array.from({ length: 4_000 }, (_, index) => [`f${index}`, index]))],
  ],
];

it.each(payloads)("[D5] message:send with %s is invalid_request", async (_, args) => {
  const socket = await eve.connect();

  const error = await socket.refusal("message:send", ...args());

  expect(error.code).toBe("invalid_request");
  expect(error.fields?.length ?? 0).toBeLessThanOrEqual(20);
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  expect(socket.disconnected()).toBeNull();
  socket.close();
  await expectAlive();
});

it.each(["nope", "", "Sync", "message:edit", "constructor", "__proto__", "toString", "error", "message", "ping"])(
  "[D5] the event %j is answered with invalid_request",
  async (event) => {
    const socket = await eve.connect();

    expect(await socket.refusal(event, {})).toMatchObject({ code: "invalid_request" });
    await socket.settled();
    socket.close();
  },
);

it.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
  "[D5] an event named %s ends its socket at most",
  async (event) => {
    const socket = await eve.connect();

    // The client library refuses to send these, so the packet is written by hand; engine.io adds that it is a message.
    socket.raw.io.engine.write(`2${JSON.stringify([event, {}])}`);
    socket.raw.io.engine.write(`27${JSON.stringify([event, {}])}`);
    await socket.waitFor(() => socket.disconnected());

    await expectAlive();
  },
);

it("[D5] what has no ack is ignored", async () => {
  const socket = await eve.connect();
  const before = socket.entries(roomId).length;

  socket.raw.emit("message:send", message());
  socket.raw.emit("message:send");
  socket.raw.emit("message:send", message(), "not a function");
  socket.raw.emit("error", new Error("x"));
  socket.raw.emit("sync", { heads: {} });
  await socket.settled();

  expect(socket.entries(roomId)).toHaveLength(before);
  socket.close();
  await expectAlive();
});

/** What becomes of the socket: nothing is said, it is ended, or it is answered. */
type Fate = "ignored" | "ended" | RegExp;
const refused = /^37\[\{"ok":false,"error":\{"code":"invalid_request"/;

const packets: [string, string, Fate][] = [
  ["an ack for nothing", '3999["x"]', "ignored"],
  ["binary that never comes", '51-["message:send",{"_placeholder":true,"num":0}]', "ignored"],
  ["more attachments than there are", '51-7["message:send",{"_placeholder":true,"num":5}]', "ended"],
  ["a broken packet", "2[nonsense", "ended"],
  ["an event that is a number", "27[5,{}]", refused],
  ["an event that is an object", '27[{"a":1},{}]', "ended"],
  ["no event at all", "27[]", "ended"],
  ["an unknown packet type", "9{}", "ended"],
  ["a second connect", '0{"token":"x"}', "ended"],
  ["another namespace", "0/admin,{}", /^4\/admin,/],
  ["an event of a namespace that one is not in", '2/admin,["message:send",{}]', "ended"],
  ["an error packet", '4{"message":"x"}', "ended"],
  ["a very deep list", `27["message:send",{"text":${deep(30_000)}}]`, refused],
  ["a very deep list with binary", `51-7["message:send",${deep(30_000)}]`, "ended"],
  ["an event with a long name", `27[${JSON.stringify("x".repeat(60_000))},{}]`, refused],
];

it.each(packets)("[D5] the process lives on after %s", async (_, packet, fate) => {
  const socket = await eve.connect();
  const { engine } = socket.raw.io;
  const answered = new Promise<void>((resolve) => {
    engine.on("data", (data: unknown) => fate instanceof RegExp && fate.test(String(data)) && resolve());
  });

  engine.write(packet);
  if (packet.startsWith("51-7")) engine.write(Buffer.from("words"));

  if (fate === "ended") await socket.waitFor(() => socket.disconnected());
  if (fate instanceof RegExp) await answered;
  await expectAlive();
  expect(socket.disconnected() === null).toBe(fate !== "ended");
  socket.close();
});

describe("a packet over 64 KiB", () => {
  const over = () => "x".repeat(LIMITS.packetBytes);

  it("ends the socket", async () => {
    const socket = await eve.connect();

    socket.raw.emit("message:send", message({ text: over() }));

    expect(await socket.waitFor(() => socket.disconnected())).toMatch(/transport/);
    await expectAlive();
  });

  it("ends the socket over polling, too", async () => {
    const socket: TestSocket = await eve.connect({ transports: ["polling"] });

    socket.raw.emit("message:send", message({ text: over() }));

    expect(await socket.waitFor(() => socket.disconnected())).toMatch(/transport/);
    await expectAlive();
  });

  it("as a body of REST is payload_too_large", async () => {
    const answer = await eve.refusal("POST", `/rooms/${roomId}/messages`, { text: over() });

    expect(answer).toEqual({ status: 413, code: "payload_too_large" });
  });
});

const bodies: [string, string, string?][] = [
  ["broken JSON", "{"],
  ["a list", "[]"],
  ["a string", '"words"'],
  ["null", "null"],
  ["another content type", "text=words", "application/x-www-form-urlencoded"],
  ["no content type", '{"text":"words"}', ""],
  ["__proto__", '{"text":"words","__proto__":{"role":"admin"}}'],
  ["a very deep list", `{"text":${deep(20_000)}}`],
];

it.each(bodies)("[D5] a body that is %s is invalid_request", async (_, raw, type = "application/json") => {
  const answer = await clients.refusal("POST", `/rooms/${roomId}/messages`, {
    token: eve.token,
    raw,
    headers: { "Content-Type": type },
  });

  expect(answer).toMatchObject({ status: 400, code: "invalid_request" });
});

it("a call that there is not is not_found; a query or body that a call does not take is invalid_request", async () => {
  expect(await eve.refusal("GET", "/nothing")).toEqual({ status: 404, code: "not_found" });
  expect(await eve.refusal("DELETE", "/rooms")).toEqual({ status: 404, code: "not_found" });
  expect(await eve.refusal("GET", "/rooms?all=1")).toMatchObject({ code: "invalid_request", fields: ["all"] });
  expect(await eve.refusal("POST", `/rooms/${roomId}/join`, { force: true })).toMatchObject({ fields: ["force"] });
  expect(await eve.refusal("GET", "/me/%E0%A4%A")).toMatchObject({ status: 404 });
});

it("over 100 requests in 10 s that cannot be understood end the socket", async () => {
  const socket = await eve.connect();

  const acks = Promise.allSettled(Array.from({ length: 102 }, () => socket.emitRaw("nope", {})));

  expect(await socket.waitFor(() => socket.disconnected())).toBe("io server disconnect");
  expect(socket.of("session:ended")).toEqual([{ code: "rate_limited", retryAfterMs: 30_000 }]);
  await acks;
  await expectAlive();
});

it("no line of the log holds a text, a password or a token", async () => {
  const lines = JSON.stringify(server.logs);

  for (const secret of ["still here", eve.password, eve.token, eve.cookie.split("=")[1] ?? eve.token]) {
    expect(lines).not.toContain(secret);
  }
  expect(lines).toContain(eve.id);
});
