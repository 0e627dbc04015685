import fc from "fast-check";
import type { MessageEntry } from "../../src/protocol/entries.js";
import { adaInARoom } from "./testing/fake-client.js";
import { EMPTY_SYNC } from "./testing/fake-server.js";
import { settled } from "./testing/manual-time.js";
import { message, syncRoom } from "./testing/samples.js";

const START = 4;
const SYNC_PAGE = 5;

/** A server with a real log: what it stores is pushed, and by chance lost, doubled or late; acks are by chance lost. */
async function createWorld() {
  const ada = await adaInARoom(START);
  const { server } = ada;
  const log: MessageEntry[] = Array.from({ length: START }, (_none, index) => message("r", index + 1));
  const late: MessageEntry[][] = [];

  server.onSync((heads) => {
    const after = heads["r"] ?? 0;
    const page = log.slice(after, after + SYNC_PAGE);
    const answer = syncRoom("r", log.length, page, { more: after + page.length < log.length });
    return { ...EMPTY_SYNC, rooms: page.length === 0 ? [] : [answer] };
  });

  function append(senderId: string, clientId?: string, text?: string): MessageEntry {
    const known = log.find((entry) => entry.senderId === senderId && entry.clientId === clientId);
    if (known !== undefined) return known;
    const entry = message("r", log.length + 1, senderId);
    log.push({ ...entry, clientId: clientId ?? entry.clientId, text: text ?? entry.text });
    return log.at(-1) ?? entry;
  }

  /** Handles the oldest message that was sent, if there is one. */
  function handleSend(): MessageEntry | null {
    const [sent] = server.sent();
    return sent === undefined ? null : append("ada", String(sent["clientId"]), String(sent["text"]));
  }

  return { ...ada, log, late, append, handleSend };
}
type World = Awaited<ReturnType<typeof createWorld>>;

const isLive = ({ client }: World) => client.getState().connection.kind === "live";

const steps: Record<string, (world: World) => void | Promise<void>> = {
  "Ada writes": ({ client, log }) => void client.send("r", `Ada's at ${log.length}`),
  "others write": ({ append }) => void append("grace"),
  "others write and it is pushed": (world) => {
    const entry = world.append("grace");
    if (isLive(world)) world.server.push("entries", { roomId: "r", entries: [entry] });
  },
  "others write and the push is late": (world) => void world.late.push([world.append("grace")]),
  "late pushes come, the last one first": (world) => {
    const entries = world.late.splice(0).reverse();
    if (isLive(world)) for (const batch of entries) world.server.push("entries", { roomId: "r", entries: batch });
  },
  "an old push comes again": (world) => {
    if (isLive(world)) world.server.push("entries", { roomId: "r", entries: world.log.slice(-3) });
  },
  "a send is stored and acked": ({ handleSend, server }) => {
    const entry = handleSend();
    if (entry !== null) server.answerSend({ ok: true, data: entry });
  },
  "a send is stored and pushed, its ack is lost": (world) => {
    const entry = world.handleSend();
    if (entry === null) return;
    world.server.forgetSent();
    if (isLive(world)) world.server.push("entries", { roomId: "r", entries: [entry] });
  },
  "a send is stored, push and ack are lost": ({ handleSend, server }) => {
    if (handleSend() !== null) server.forgetSent();
  },
  "a send is limited": ({ server }) => {
    const error = { code: "rate_limited", detail: "", retryAfterMs: 700 };
    if (server.sent().length > 0) server.answerSend({ ok: false, error });
  },
  "heads come": (world) => {
    if (isLive(world)) world.server.push("heads", { heads: { r: world.log.length } });
  },
  "the connection breaks": (world) => {
    if (!isLive(world)) return;
    world.server.drop();
    world.server.forgetSent();
  },
  "a little time passes": ({ time }) => time.pass(400),
  "much time passes": ({ time }) => time.pass(12_000),
};

/** The faults end: everything that is sent is stored and acked, and heads come as they do every 15 s. */
async function calmDown(world: World): Promise<void> {
  for (let times = 0; times < 80; times += 1) {
    const entry = world.handleSend();
    if (entry !== null) world.server.answerSend({ ok: true, data: entry });
    if (isLive(world)) world.server.push("heads", { heads: { r: world.log.length } });
    await world.time.pass(entry === null ? 2_000 : 0);
  }
}

it("[L4] [S3] shows every entry once and in order, and loses nothing that was written, whatever was lost or late", async () => {
  const names = Object.keys(steps);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 50 }), async (history) => {
      const world = await createWorld();
      for (const name of history) {
        await steps[name]?.(world);
        await settled();
      }

      await calmDown(world);

      const written = history.filter((name) => name === "Ada writes").length;
      expect(world.rows()).toEqual(world.log.slice(START).map(({ seq }) => seq));
      expect(world.log.filter(({ senderId }) => senderId === "ada")).toHaveLength(written);
      expect(world.room().view.room.head).toBe(world.log.length);
      world.client.close();
      expect(world.time.count()).toBe(0);
    }),
    { numRuns: 300 },
  );
}, 60_000);
