/** Metrics: the numbers of one server, in a registry of its own, since several servers may run in one process. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  readonly sockets: Gauge;
  readonly messagesAppended: Counter;
  /** Entries in one commit. */
  readonly commitSize: Histogram;
  readonly commitSeconds: Histogram;
  /** Items that wait for their place, over all rooms. */
  readonly queueDepth: Gauge;
  /** Inserts that met a position or a clientId already taken. */
  readonly duplicateKeys: Counter;
  readonly syncAnswers: Counter;
  /** Pushes left out because the socket was too slow; each such socket got a `resync`. */
  readonly pushesSkipped: Counter;
  /** Everything as Prometheus reads it. */
  text(): Promise<string>;
  close(): void;
}

/** Creates the instruments named here and the usual ones of the process, event-loop delay and memory among them. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string) => new Counter({ name: `parlance_${name}`, help, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: `parlance_${name}`, help, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `parlance_${name}`, help, buckets, registers });
  return {
    registry,
    sockets: gauge("sockets", "Sockets connected now."),
    messagesAppended: counter("messages_appended_total", "Messages stored since the start."),
    commitSize: histogram("commit_entries", "Entries in one commit.", [1, 2, 4, 8, 16, 32, 64, 128, 256]),
    commitSeconds: histogram(
      "commit_seconds",
      "Seconds until MongoDB confirmed a commit.",
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    ),
    queueDepth: gauge("queue_items", "Items waiting for their place in a log."),
    duplicateKeys: counter("duplicate_keys_total", "Inserts that met a position or clientId already taken."),
    syncAnswers: counter("sync_answers_total", "Sync calls answered."),
    pushesSkipped: counter("pushes_skipped_total", "Pushes left out because a socket was too slow."),
    text: () => registry.metrics(),
    close: () => registry.clear(),
  };
}
