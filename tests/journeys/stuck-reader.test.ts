/** A client stops reading while a lot is said in its room: what that costs the server, and that nothing is lost. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createClients } from "../support/clients.js";
import type { TestSocket } from "../support/sockets.js";
import { startServerProcess, type ServerProcess } from "./server-process.js";

const MIB = 1024 * 1024;
const TEXT = "a fairly long line that everybody gets ".repeat(205);
/** 10 MB, after which the server has its size; 40 MB that are not read. */
const WARM_UP = Math.ceil((10 * MIB) / TEXT.length);
const MESSAGES = 4 * WARM_UP;
const IN_FLIGHT = 20;

let dataDir: string;
let server: ServerProcess;
let url: string;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("The probe has no port.");
  return address.port;
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parlance-stuck-"));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const limits = { RATE_MESSAGES_PER_SECOND: "100000", RATE_MESSAGES_BURST: "100000", RATE_EVENTS_PER_SECOND: "10000" };
  server = await startServerProcess({ PORT: String(port), DATA_DIR: dataDir, ...limits });
}, 60_000);

afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.split(" ")[1]);
}

async function flood(sender: TestSocket, roomId: string, count: number): Promise<void> {
  let sent = 0;
  const worker = async () => {
    while (sent++ < count) await sender.emit("message:send", { roomId, clientId: randomUUID(), text: TEXT });
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

it("[D4] holds under 70 MB for a socket that reads nothing of 40 MB, and tells it to sync when it reads on", async () => {
  const { registerUser } = createClients({ url });
  const [ada, grace] = [await registerUser("ada"), await registerUser("grace")];
  const { room } = await ada.createRoom();
  await grace.call("POST", `/rooms/${room.id}/join`);
  const sender = await ada.connect();
  await flood(sender, room.id, WARM_UP);
  const before = await metric("process_resident_memory_bytes");

  const reader = await grace.connect();
  const { ws } = reader.raw.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } };
  ws.pause();
  await flood(sender, room.id, MESSAGES);
  const grown = (await metric("process_resident_memory_bytes")) - before;
  const skipped = await metric("parlance_pushes_skipped_total");
  expect(grown).toBeLessThan(70 * MIB);
  ws.resume();
  await reader.waitFor(() => reader.of("resync").length > 0);
  const answer = await reader.emit("sync", { heads: { [room.id]: WARM_UP + MESSAGES } });

  expect(skipped).toBeGreaterThan(0);
  expect(reader.of("resync")).toHaveLength(1);
  expect(reader.entries(room.id).length).toBeLessThan(MESSAGES);
  expect(answer.rooms[0]).toMatchObject({ roomId: room.id, head: WARM_UP + MESSAGES + 2 });
}, 120_000);
