/** Everybody drops at once, misses some messages, comes back at once and asks for them. */
import { setTimeout as wait } from "node:timers/promises";
import { cpuSeconds } from "../machine.js";
import { markOf, type LoadClient } from "./clients.js";

export interface ReconnectsResult {
  sockets: number;
  /** milliseconds until the first, the median and the last client had all that it missed */
  firstMs: number;
  medianMs: number;
  allMs: number;
  /** clients that got exactly what they missed, once */
  exact: number;
  failedAttempts: number;
  /** seconds of CPU */
  serverCpu: number;
  mongodCpu: number;
}

interface ReconnectsOptions {
  sockets: number;
  missed: number;
  room: string;
  pids: { server: number; mongod: number | null };
  makeClient(id: number, onDelivery: LoadClientDelivery): LoadClient;
  connectAll(count: number, onDelivery: LoadClientDelivery): Promise<LoadClient[]>;
}

type LoadClientDelivery = (client: LoadClient, index: number, at: number) => void;

const GONE_MS = 700;
const SETTLE_MS = 300;
const GIVE_UP_MS = 45_000;
const ATTEMPTS_MAX = 20;

export async function measureReconnects(options: ReconnectsOptions): Promise<ReconnectsResult> {
  const { sockets, missed, room, pids, makeClient, connectAll } = options;
  setTimeout(() => {
    console.error(`Not all were back after ${GIVE_UP_MS / 1_000} s.`);
    process.exit(1);
  }, GIVE_UP_MS);

  // The sender comes after all others, so that it is a user of its own.
  const sender = makeClient(sockets, () => {});
  await sender.connect();
  await sender.enter(room);
  let sent = 0;
  const post = (): Promise<unknown> =>
    new Promise((resolve) => sender.send(sent++, (_at, bytes, start, end) => resolve(markOf(bytes, start, end))));

  const first = await connectAll(sockets, () => {});
  let mark: unknown = null;
  for (let count = 0; count < 3; count++) mark = await post();
  await wait(SETTLE_MS);
  for (const client of first) client.close();
  await wait(GONE_MS);
  for (let count = 0; count < missed; count++) await post();
  await wait(SETTLE_MS);

  const cpu = async (pid: number | null) => (pid === null ? 0 : await cpuSeconds(pid));
  const before = { server: await cpu(pids.server), mongod: await cpu(pids.mongod) };
  const startedAt = performance.now();
  const done: number[] = [];
  let failedAttempts = 0;

  async function comeBack(id: number): Promise<LoadClient | null> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const client = makeClient(id, (of, _index, at) => {
        if (of.got === missed) done.push(at - startedAt);
      });
      try {
        await client.connect();
        await client.catchUp(room, mark);
        return client;
      } catch {
        failedAttempts += 1;
        await wait(20);
      }
    }
    return null;
  }

  const back = await Promise.all(Array.from({ length: sockets }, (_, id) => comeBack(id)));
  const serverCpu = (await cpu(pids.server)) - before.server;
  const mongodCpu = (await cpu(pids.mongod)) - before.mongod;
  await wait(SETTLE_MS);
  done.sort((one, other) => one - other);
  const at = (index: number) => Number((done[index] ?? Number.NaN).toFixed(1));
  return {
    sockets,
    firstMs: at(0),
    medianMs: at(sockets >> 1),
    allMs: at(sockets - 1),
    exact: back.filter((client) => client?.got === missed).length,
    failedAttempts,
    serverCpu: Number(serverCpu.toFixed(2)),
    mongodCpu: Number(mongodCpu.toFixed(2)),
  };
}
