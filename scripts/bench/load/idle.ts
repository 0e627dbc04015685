/** What idle connections cost in memory. */
import { setTimeout as wait } from "node:timers/promises";
import { residentKib } from "../machine.js";

export interface IdleResult {
  sockets: number;
  /** KiB a socket after a collection of garbage, and before it */
  kibEach: number;
  kibEachRaw: number;
  connectMs: number;
}

const SETTLE_MS = 4_000;
const COLLECT_MS = 1_000;

/** The server was started with collect-on-signal. */
async function collect(pid: number): Promise<number> {
  for (let time = 0; time < 3; time++) {
    process.kill(pid, "SIGUSR2");
    await wait(COLLECT_MS);
  }
  return await residentKib(pid);
}

export async function measureIdle(pid: number, connectAll: () => Promise<readonly unknown[]>): Promise<IdleResult> {
  const before = await collect(pid);
  const startedAt = performance.now();
  const { length: sockets } = await connectAll();
  const connectMs = Math.round(performance.now() - startedAt);
  await wait(SETTLE_MS);
  const raw = await residentKib(pid);
  const after = await collect(pid);
  const each = (kib: number) => Number(((kib - before) / sockets).toFixed(2));
  return { sockets, kibEach: each(after), kibEachRaw: each(raw), connectMs };
}
