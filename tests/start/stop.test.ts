/** A process that is stopped while people talk [D7]. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "../../src/protocol/entries.js";
import { createClients } from "../support/clients.js";
import { testDatabaseUri } from "../support/mongod/index.js";
import { startTestServer } from "../support/server.js";
import type { TestSocket } from "../support/sockets.js";
import { startMain, type MainProcess } from "./main-process.js";

const SENDERS = 20;
const ENOUGH = 100;

let dataDir: string;
let main: MainProcess;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parlance-stop-"));
});
afterEach(async () => {
  await main.kill();
  await rm(dataDir, { recursive: true, force: true });
});

/** Sends as fast as answers come, until there are no more; what was acknowledged. */
async function talk(socket: TestSocket, roomId: string): Promise<Entry[]> {
  const acked: Entry[] = [];
  const sender = async () => {
    for (;;) {
      const text = `message ${acked.length}`;
      const payload = { roomId, clientId: crypto.randomUUID(), text };
      const ack = await socket.emitRaw("message:send", payload).catch(() => null);
      if (ack === null) return;
      if (ack.ok) acked.push(ack.data as Entry);
      else if (ack.error.code === "unavailable") return;
      else throw new Error(ack.error.detail);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return acked;
}

it.each(["SIGTERM", "SIGINT"] as const)(
  "[D7] %s under load: it ends with 0, tells its sockets to come back, and has all that it acknowledged",
  async (signal) => {
    const settings = { MONGODB_URI: testDatabaseUri(), JWT_SECRET: crypto.randomUUID() };
    const rates = {
      RATE_MESSAGES_PER_SECOND: "100000",
      RATE_MESSAGES_BURST: "100000",
      RATE_EVENTS_PER_SECOND: "100000",
    };
    main = startMain({ PORT: "0", DATA_DIR: dataDir, ...settings, ...rates });
    const { stderr } = await main.says("Ctrl-C stops it");
    const url = /open (http:\/\/127\.0\.0\.1:\d+)/.exec(stderr)?.[1] ?? "";
    const ada = await createClients({ url }).registerUser("ada");
    const { room } = await ada.createRoom();
    const socket = await ada.connect();
    const talking = talk(socket, room.id);
    await socket.waitFor(() => socket.entries(room.id).length >= ENOUGH);

    main.signal(signal);
    const code = await main.ended;
    const acked = await talking;

    expect(code).toBe(0);
    expect(socket.disconnected()).toBe("io server disconnect");
    expect(socket.pushes.at(-1)).toMatchObject({ event: "session:ended", data: { code: "draining" } });
    expect(acked.length).toBeGreaterThanOrEqual(ENOUGH);
    const { url: nextUrl } = await startTestServer(settings);
    const stored = new Map<number, Entry>();
    for (let after = 0, head = 1; after < head;) {
      const path = `/rooms/${room.id}/log?limit=200&after=${after}`;
      const page = await createClients({ url: nextUrl }).call<{ entries: Entry[]; head: number }>("GET", path, ada);
      for (const entry of page.body.entries) stored.set(entry.seq, entry);
      ({ head } = page.body);
      after = page.body.entries.at(-1)?.seq ?? head;
    }
    expect(acked.map(({ seq }) => stored.get(seq))).toEqual(acked);
  },
  60_000,
);
