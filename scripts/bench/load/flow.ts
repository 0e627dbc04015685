/** Messages under way: some clients send, all receive, and every delivery is counted and put in order. */
import { setTimeout as wait } from "node:timers/promises";
import { cpuSeconds } from "../machine.js";
import type { LoadClient } from "./clients.js";
import { createHistogram, type Summary } from "./histogram.js";

export interface FlowOptions {
  clients: readonly LoadClient[];
  senders: readonly LoadClient[];
  /** so many sends of each sender wait for their acks at any time; or `rate` messages a second from all of them */
  load: { inFlight: number } | { rate: number };
  warmSeconds: number;
  seconds: number;
  pids: { server: number; mongod: number | null };
}

export interface FlowResult {
  /** acknowledged, a second */
  messages: number;
  deliveries: number;
  /** milliseconds from the send to each delivery, and to the ack */
  delivery: Summary;
  ack: Summary;
  /** microseconds of CPU a message */
  serverCpu: number;
  mongodCpu: number;
  /** what the generator itself used of one processor */
  generatorCpu: number;
  /** megabytes received a second */
  megabytes: number;
  faults: { failed: number; lost: number; unanswered: number; disordered: number };
}

/** More than a run can send. */
const MESSAGES_MAX = 4_000_000;
const SETTLE_STEP_MS = 100;
const SETTLE_STEPS = 100;
const REFUSAL_LENGTH_MAX = 600;

export interface Flow {
  onDelivery(client: LoadClient, index: number, at: number): void;
  run(options: FlowOptions): Promise<FlowResult>;
}

export function createFlow(): Flow {
  const sentAt = new Float64Array(MESSAGES_MAX);
  const delivery = createHistogram();
  const ack = createHistogram();
  let next = 0;
  // Messages sent within the window that is measured: [from, to).
  let from = Number.POSITIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  let measuring = false;
  let deliveriesInWindow = 0;
  let deliveries = 0;
  let acksInWindow = 0;
  let acks = 0;
  let failed = 0;

  const isMeasured = (index: number) => index >= from && index < to;

  function fire(sender: LoadClient, onAck?: () => void): void {
    const index = next++;
    sentAt[index] = performance.now();
    sender.send(index, (at, bytes, start, end) => {
      acks += 1;
      if (measuring) acksInWindow += 1;
      if (isMeasured(index)) ack.add(at - (sentAt[index] ?? at));
      if (end - start < REFUSAL_LENGTH_MAX && bytes.toString("latin1", start, end).includes('"ok":false')) {
        failed += 1;
        if (failed <= 3) console.error(`refused: ${bytes.toString("utf8", start, end)}`);
      }
      onAck?.();
    });
  }

  /** @returns ends the sending */
  function startSending(senders: readonly LoadClient[], load: FlowOptions["load"]): () => void {
    let stopped = false;
    if ("inFlight" in load) {
      for (const sender of senders) {
        const again = () => {
          if (!stopped) fire(sender, again);
        };
        for (let count = 0; count < load.inFlight; count++) again();
      }
    } else {
      const startedAt = performance.now();
      let sent = 0;
      const tick = () => {
        if (stopped) return;
        for (; sent < ((performance.now() - startedAt) * load.rate) / 1_000; sent++) {
          fire(senders[sent % senders.length] as LoadClient);
        }
        setTimeout(tick, Math.max(0, (sent / load.rate) * 1_000 - (performance.now() - startedAt)));
      };
      tick();
    }
    return () => {
      stopped = true;
    };
  }

  /** Receivers of one room whose order of deliveries is not that of the room's first receiver. */
  function disordered(clients: readonly LoadClient[]): number {
    const byRoom = new Map<string, number>();
    let count = 0;
    for (const { room, hash } of clients) {
      const known = byRoom.get(room);
      if (known === undefined) byRoom.set(room, hash);
      else if (known !== hash) count += 1;
    }
    return count;
  }

  return {
    onDelivery(_client, index, at) {
      deliveries += 1;
      if (measuring) deliveriesInWindow += 1;
      if (isMeasured(index)) delivery.add(at - (sentAt[index] ?? at));
    },
    async run({ clients, senders, load, warmSeconds, seconds, pids }) {
      const perRoom = clients.length / new Set(clients.map(({ room }) => room)).size;
      const received = () => clients.reduce((sum, client) => sum + client.bytesIn(), 0);
      const cpu = async () => ({
        server: await cpuSeconds(pids.server),
        mongod: pids.mongod === null ? 0 : await cpuSeconds(pids.mongod),
      });

      const stopSending = startSending(senders, load);
      await wait(warmSeconds * 1_000);
      const cpuBefore = await cpu();
      const bytesBefore = received();
      const ownBefore = process.cpuUsage();
      const startedAt = performance.now();
      from = next;
      measuring = true;
      await wait(seconds * 1_000);
      measuring = false;
      to = next;
      const took = (performance.now() - startedAt) / 1_000;
      const own = process.cpuUsage(ownBefore);
      const bytes = received() - bytesBefore;
      const cpuAfter = await cpu();

      stopSending();
      for (let step = 0; step < SETTLE_STEPS && (acks < next || deliveries < acks * perRoom); step++) {
        await wait(SETTLE_STEP_MS);
      }
      // One that comes twice is looked for, too.
      await wait(SETTLE_STEP_MS);
      const perMessage = (cpuTime: number) => Number(((cpuTime * 1e6) / Math.max(1, acksInWindow)).toFixed(1));
      return {
        messages: Number((acksInWindow / took).toFixed(1)),
        deliveries: Math.round(deliveriesInWindow / took),
        delivery: delivery.summary(),
        ack: ack.summary(),
        serverCpu: perMessage(cpuAfter.server - cpuBefore.server),
        mongodCpu: perMessage(cpuAfter.mongod - cpuBefore.mongod),
        generatorCpu: Number(((own.user + own.system) / 1e6 / took).toFixed(2)),
        megabytes: Number((bytes / 1e6 / took).toFixed(1)),
        faults: {
          failed,
          lost: acks * perRoom - deliveries,
          unanswered: next - acks,
          disordered: disordered(clients),
        },
      };
    },
  };
}
