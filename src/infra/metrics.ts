/** Metrics: the numbers of one server, in a registry of its own, since several servers may run in one process. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What is not counted as it happens, but read when somebody asks. */
export interface MetricSources {
  sockets(): number;
  /** items that wait for their place, over all rooms */
  queueItems(): number;
  isDatabaseAvailable(): boolean;
  /** what is added to this machine's clock */
  clockOffsetMs(): number;
  /** packets pushed to sockets since the start */
  pushes(): number;
}

/** The limits that a caller may run into. */
export type LimitName =
  "auth-by-address" | "auth-by-account" | "refresh" | "requests" | "messages" | "events" | "connections";

export interface Metrics {
  readonly registry: Registry;
  /** Counts entries given their place. */
  countEntries(entries: readonly { kind: string }[]): void;
  /** Items that one commit settled. */
  readonly commitSize: Histogram;
  readonly commitSeconds: Histogram;
  /** Commits of whose outcome nothing was known. */
  readonly commitsUnknown: Counter;
  /** Inserts that met a position or a clientId already taken. */
  readonly duplicateKeys: Counter;
  /** Counts an answer to `sync`, and its rooms that a client was told to load anew. */
  countSync(answer: { rooms: readonly { reset: boolean }[] }): void;
  /** Pushes left out because the socket was too slow; each such socket got a `resync`. */
  readonly pushesSkipped: Counter;
  readonly slowSocketsEnded: Counter;
  readonly loginsFailed: Counter;
  readonly rateLimited: Counter<"limit">;
  /** By the path as the contract writes it, so that there are no more than calls. */
  readonly httpRequests: Counter<"method" | "route" | "status">;
  readonly httpSeconds: Histogram<"method" | "route">;
  /** From now on these are read at every `text()`. */
  read(sources: MetricSources): void;
  /** Everything as Prometheus reads it. */
  text(): Promise<string>;
  close(): void;
}

const COMMIT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Fewer, because there is one row of them for each call. */
const HTTP_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** Creates the instruments named here and the usual ones of the process, event-loop delay and memory among them. */
export function createMetrics({ version }: { version: string } = { version: "unknown" }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  let sources: MetricSources | null = null;
  collectDefaultMetrics({ register: registry });

  const counter = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
    new Counter<L>({ name: `parlance_${name}`, help, labelNames, registers });
  const histogram = <L extends string = never>(name: string, help: string, buckets: number[], labelNames: L[] = []) =>
    new Histogram<L>({ name: `parlance_${name}`, help, buckets, labelNames, registers });
  const readGauge = (name: string, help: string, read: (from: MetricSources) => number) =>
    new Gauge({
      name: `parlance_${name}`,
      help,
      registers,
      collect() {
        if (sources !== null) this.set(read(sources));
      },
    });

  const readCounter = (name: string, help: string, read: (from: MetricSources) => number) =>
    new Counter({
      name: `parlance_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        if (sources !== null) this.inc(read(sources));
      },
    });

  readGauge("sockets", "Sockets connected now.", ({ sockets }) => sockets());
  readGauge("queue_items", "Items waiting for their place in a log.", ({ queueItems }) => queueItems());
  readGauge("database_available", "1 while the database answers, else 0.", ({ isDatabaseAvailable }) =>
    isDatabaseAvailable() ? 1 : 0,
  );
  readGauge(
    "clock_offset_seconds",
    "What is added to this machine's clock, 0 while it agrees with the database's.",
    ({ clockOffsetMs }) => clockOffsetMs() / 1_000,
  );
  readCounter("pushes_total", "Packets pushed to sockets.", ({ pushes }) => pushes());
  new Gauge({
    name: "parlance_build_info",
    help: "Always 1; the labels say what runs.",
    labelNames: ["version", "node"],
    registers,
  }).set({ version, node: process.versions.node }, 1);

  const entriesAppended = counter("entries_appended_total", "Entries given their place in a log, by kind.", ["kind"]);
  const messagesAppended = counter("messages_appended_total", "Messages given their place in a log.");
  const syncAnswers = counter("sync_answers_total", "Sync calls answered.");
  const syncResets = counter("sync_resets_total", "Rooms that a client was told to load anew.");

  return {
    registry,
    countEntries(entries) {
      // A commit's entries of one room are mostly messages: these take no look at each label.
      let messages = 0;
      for (const { kind } of entries) {
        if (kind === "message") messages += 1;
        else entriesAppended.inc({ kind });
      }
      if (messages === 0) return;
      entriesAppended.inc({ kind: "message" }, messages);
      messagesAppended.inc(messages);
    },
    commitSize: histogram("commit_entries", "Items that one commit settled.", [1, 2, 4, 8, 16, 32, 64, 128, 256]),
    commitSeconds: histogram(
      "commit_seconds",
      "Seconds that a commit took, to MongoDB's confirmation.",
      COMMIT_SECONDS,
    ),
    commitsUnknown: counter("commits_unknown_total", "Writes that were not answered; their rooms were read again."),
    duplicateKeys: counter("duplicate_keys_total", "Inserts that met a position or clientId already taken."),
    countSync({ rooms }) {
      syncAnswers.inc();
      const resets = rooms.filter(({ reset }) => reset).length;
      if (resets > 0) syncResets.inc(resets);
    },
    pushesSkipped: counter("pushes_skipped_total", "Pushes left out because a socket was too slow."),
    slowSocketsEnded: counter("slow_sockets_ended_total", "Sockets cut off because they did not read."),
    loginsFailed: counter("logins_failed_total", "Logins refused for a wrong name or password."),
    rateLimited: counter("rate_limited_total", "Requests refused by a limit, by its name.", ["limit"]),
    httpRequests: counter("http_requests_total", "Requests answered.", ["method", "route", "status"]),
    httpSeconds: histogram("http_request_duration_seconds", "Seconds until an answer was sent.", HTTP_SECONDS, [
      "method",
      "route",
    ]),
    read(from) {
      sources = from;
    },
    text: () => registry.metrics(),
    close: () => registry.clear(),
  };
}
