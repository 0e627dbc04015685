import { LIMITS } from "../../../src/protocol/limits.js";
import { adaInARoom } from "../testing/fake-client.js";
import { settled } from "../testing/manual-time.js";
import { clientIdOf, message } from "../testing/samples.js";

const refusal = (code: string, retryAfterMs?: number) => ({
  ok: false,
  error: { code, detail: `It says ${code}.`, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});

const entryOf = (seq: number, clientId: string) => message("r", seq, "ada", { clientId });
const acked = (seq: number, clientId: string) => ({ ok: true, data: entryOf(seq, clientId) });

describe("sending", () => {
  it("shows a message at once, and its entry in the same row when it is acked", async () => {
    const { client, server, room, rows } = await adaInARoom(4);

    const clientId = client.send("r", "  hello\r\nthere ");
    const before = room().rows.map((row) => row.key);
    await settled();
    server.answerSend(acked(5, clientId));
    await settled();

    expect(before).toEqual([clientId]);
    expect(server.sent()).toEqual([]);
    expect(rows()).toEqual([5]);
    expect(room().rows.map((row) => row.key)).toEqual([clientId]);
    expect(room().view).toMatchObject({ unread: 0, room: { head: 5 } });
  });

  it("[L4] shows a message once when its entry comes before its ack, after it, or twice", async () => {
    const { client, server, rows } = await adaInARoom(4);
    const clientId = client.send("r", "hello");
    await settled();

    server.push("entries", { roomId: "r", entries: [entryOf(5, clientId)] });
    const byPush = rows();
    server.answerSend(acked(5, clientId));
    await settled();
    server.push("entries", { roomId: "r", entries: [entryOf(5, clientId)] });

    expect(byPush).toEqual([5]);
    expect(rows()).toEqual([5]);
  });

  it("keeps a message that is acked ahead of the log in its place until the log has got there", async () => {
    const { client, server, rows } = await adaInARoom(4);
    const clientId = client.send("r", "hello");
    await settled();

    server.answerSend(acked(6, clientId));
    await settled();
    const ahead = rows();
    server.push("entries", { roomId: "r", entries: [message("r", 5)] });

    expect(ahead).toEqual(["hello (sending)"]);
    expect(rows()).toEqual([5, 6]);
  });

  it("has one message of a room in flight, in the order in which they were written", async () => {
    const { client, server } = await adaInARoom(4);
    const first = client.send("r", "one");
    client.send("r", "two");
    client.send("other", "elsewhere");
    await settled();

    const inFlight = server.sent().map(({ text }) => text);
    server.answerSend(acked(5, first));
    await settled();

    expect(inFlight).toEqual(["one", "elsewhere"]);
    expect(server.sent().map(({ text }) => text)).toEqual(["elsewhere", "two"]);
  });

  it("[L7] repeats a message without an answer under the same clientId, and says that it still tries", async () => {
    const { client, server, time, rows } = await adaInARoom(4);
    const clientId = client.send("r", "hello");

    await time.pass(9_999);
    const before = rows();
    await time.pass(2_000);

    expect(before).toEqual(["hello (sending)"]);
    expect(rows()).toEqual(["hello (stillTrying)"]);
    expect(server.sent().map((sent) => sent["clientId"])).toEqual([clientId, clientId]);
  });

  it.each(["unavailable", "internal", "rate_limited", "token_expired", "unauthenticated"])(
    "[L7] %s is not final: the message goes out again under the same clientId",
    async (code) => {
      const { client, server, time } = await adaInARoom(4);
      const clientId = client.send("r", "hello");
      await settled();

      server.answerSend(refusal(code));
      await time.pass(5_000);

      expect(server.sent()).toMatchObject([{ clientId, text: "hello" }]);
    },
  );

  it.each(["invalid_request", "forbidden", "not_found", "conflict", "client_id_reused", "payload_too_large"])(
    "[L7] %s is final: the message has failed, and does not go out again by itself",
    async (code) => {
      const { client, server, time, rows } = await adaInARoom(4);
      client.send("r", "hello");
      await settled();

      server.answerSend(refusal(code));
      await time.pass(60_000);

      expect(rows()).toEqual(["hello (failed)"]);
      expect(server.sent()).toEqual([]);
    },
  );

  it("sends what was written offline once and in order, after the sync of the next connection", async () => {
    const { client, server, time, rows } = await adaInARoom(4);
    server.drop();
    const first = client.send("r", "one");
    const second = client.send("r", "two");
    await settled();
    const offline = server.sent();

    await time.pass(1_000);
    server.answerSend(acked(5, first));
    await settled();
    server.answerSend(acked(6, second));
    await settled();

    expect(offline).toEqual([]);
    expect(server.syncs).toHaveLength(2);
    expect(rows()).toEqual([5, 6]);
  });

  it("[L4] repeats after a reconnect what was in flight, and takes the first one's entry", async () => {
    const { client, server, time, rows } = await adaInARoom(4);
    const clientId = client.send("r", "hello");
    await settled();
    server.forgetSent();

    server.drop();
    await time.pass(1_000);
    const repeated = server.sent();
    server.push("entries", { roomId: "r", entries: [entryOf(5, clientId)] });
    server.answerSend(acked(5, clientId));
    await settled();

    expect(repeated).toMatchObject([{ clientId, text: "hello" }]);
    expect(rows()).toEqual([5]);
  });

  it("loses nothing when the answer of an earlier message is lost after its entry was seen", async () => {
    const { client, server, time } = await adaInARoom(4);
    const first = client.send("r", "one");
    await settled();
    server.push("entries", { roomId: "r", entries: [entryOf(5, first)] });
    client.send("r", "two");
    await settled();
    server.forgetSent();

    server.drop();
    await time.pass(1_000);

    expect(server.sent()).toMatchObject([{ text: "two" }]);
  });

  it("waits as long as it is told when it is limited, and says until when", async () => {
    const { client, server, time, room } = await adaInARoom(4);
    client.send("r", "hello");
    await settled();

    server.answerSend(refusal("rate_limited", 3_000));
    await settled();
    const [row] = room().rows;
    await time.pass(2_999);
    const early = server.sent();
    await time.pass(1);

    expect(row).toMatchObject({ pending: { status: { kind: "stillTrying", retryAt: time.now() } } });
    expect(early).toEqual([]);
    expect(server.sent()).toHaveLength(1);
  });

  it("keeps a message that failed for good, and goes on with those behind it", async () => {
    const { client, server, room, rows } = await adaInARoom(4);
    client.send("r", "one");
    const second = client.send("r", "two");
    await settled();

    server.answerSend(refusal("forbidden"));
    await settled();
    server.answerSend(acked(5, second));
    await settled();

    expect(rows()).toEqual([5, "one (failed)"]);
    expect(room().rows[1]).toMatchObject({ pending: { status: { code: "forbidden", detail: "It says forbidden." } } });
  });

  it("sends a failed message again under the same clientId", async () => {
    const { client, server, rows } = await adaInARoom(4);
    const clientId = client.send("r", "one");
    await settled();
    server.answerSend(refusal("forbidden"));
    await settled();

    client.retry("r", clientId);
    await settled();

    expect(rows()).toEqual(["one (sending)"]);
    expect(server.sent()).toMatchObject([{ clientId }]);
  });

  it("[L4] sends it again under a new one where the old one stands for something else", async () => {
    const { client, server } = await adaInARoom(4);
    const clientId = client.send("r", "one");
    await settled();
    server.answerSend(refusal("client_id_reused"));
    await settled();

    client.retry("r", clientId);
    await settled();

    expect(server.sent()).toHaveLength(1);
    expect(server.sent()[0]?.["clientId"]).not.toBe(clientId);
  });

  it("discards what failed or never went out, and nothing whose outcome is not known", async () => {
    const { client, server, rows } = await adaInARoom(4);
    const [failed, inFlight, waiting] = ["failed", "in flight", "waiting"].map((text) => client.send("r", text));
    await settled();
    server.answerSend(refusal("forbidden"));
    await settled();

    for (const clientId of [failed, inFlight, waiting]) client.discard("r", clientId ?? "");

    expect(rows()).toEqual(["in flight (sending)"]);
  });

  it("queues a message once that is sent twice under one clientId", async () => {
    const { client, rows } = await adaInARoom(4);

    client.send("r", "one", { clientId: clientIdOf(7) });
    client.send("r", "one", { clientId: clientIdOf(7).toUpperCase() });

    expect(rows()).toEqual(["one (sending)"]);
  });

  it.each([
    ["is empty", " \n "],
    ["is too long", "x".repeat(LIMITS.messageTextMax + 1)],
    ["holds half a character", "\ud800"],
    ["holds a control character", "a\u0007"],
  ])("refuses a text that %s before it is queued", async (_why, text) => {
    const { client, room } = await adaInARoom(4);

    expect(() => client.send("r", text)).toThrow(expect.objectContaining({ code: "invalid_request" }));
    expect(room().rows).toEqual([]);
  });

  it("refuses what does not fit into a packet, counted in bytes", async () => {
    const { client } = await adaInARoom(4);

    expect(() => client.send("x".repeat(LIMITS.packetBytes), "hello")).toThrow(/packet/);
    expect(() => client.send("r", "€".repeat(LIMITS.messageTextMax))).not.toThrow();
  });

  it("renews the token when a send is refused for it, and sends again", async () => {
    const { client, server, time } = await adaInARoom(4);
    client.send("r", "hello");
    await settled();

    server.answerSend(refusal("token_expired"));
    await time.pass(1_000);

    expect(server.renewals).toEqual(["token-2"]);
    expect(server.sent()).toMatchObject([{ text: "hello" }]);
  });
});
