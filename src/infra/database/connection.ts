/** The connection: made in the background for as long as it takes, watched from then on. */
import { setTimeout as delay } from "node:timers/promises";
import mongoose from "mongoose";
import type { Logger } from "../logger.js";
import { diagnose, hostsOf } from "./diagnosis.js";
import { DatabaseError } from "./errors.js";
import { checkTopology } from "./topology.js";

export interface WatchedConnection {
  readonly connection: mongoose.Connection;
  readonly ready: Promise<void>;
  isAvailable(): boolean;
  onAvailabilityChange(listener: (available: boolean) => void): () => void;
  close(): Promise<void>;
}

const shortestPauseMs = 250;
const longestPauseMs = 10_000;

const clientOptions = {
  appName: "parlance",
  retryWrites: true,
  writeConcern: { w: "majority", journal: true },
  readConcern: { level: "majority" },
  readPreference: "primary",
  // A request is answered `unavailable` after this long without a primary.
  serverSelectionTimeoutMS: 3_000,
  heartbeatFrequencyMS: 1_000,
  // Also how long a server may stay silent before it counts as gone.
  connectTimeoutMS: 5_000,
} as const satisfies mongoose.ConnectOptions;

/** A connection of its own, with the settings that keep Mongoose from doing anything unasked. */
function createConnection(): mongoose.Connection {
  const connection = mongoose.createConnection();
  // Not by connection.set(): it ignores what `config` does not hold yet.
  Object.assign(connection.config, {
    bufferCommands: false,
    autoIndex: false,
    autoCreate: false,
    sanitizeFilter: true,
  });
  return connection;
}

/**
 * Starts connecting to `uri` and returns at once. An unreachable database is tried again for ever, or for
 * `patienceMs`; what a person has to mend rejects `ready` with a DatabaseError.
 */
export function watchConnection(uri: string, log: Logger, patienceMs = Infinity): WatchedConnection {
  const connection = createConnection();
  const closing = new AbortController();
  const listeners = new Set<(available: boolean) => void>();
  let available = false;

  function setAvailable(now: boolean): void {
    if (now === available) return;
    available = now;
    if (now) log.info("the database is available");
    else if (!closing.signal.aborted) log.warn("the database is away; it is tried again until it is back");
    for (const listener of listeners) listener(now);
  }

  async function connectOnce(): Promise<void> {
    if (connection.readyState !== mongoose.ConnectionStates.connected) await connection.openUri(uri, clientOptions);
    const { db } = connection;
    if (db === undefined) throw new Error("connected without a database");
    await checkTopology(db, hostsOf(uri));
  }

  async function connect(): Promise<void> {
    let told = "";
    const giveUpAt = performance.now() + patienceMs;
    for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        await connectOnce();
        break;
      } catch (error) {
        if (closing.signal.aborted) throw new DatabaseError("The database was closed before it was reached.");
        if (error instanceof DatabaseError) throw error;
        const { line, mayPass } = await diagnose(error, uri);
        if (!mayPass || performance.now() > giveUpAt) throw new DatabaseError(line);
        if (line !== told) log.warn({ say: true }, `${line} Trying again until it is there.`);
        told = line;
      }
      await delay(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
    watchTopology();
  }

  function watchTopology(): void {
    const client = connection.getClient();
    client.on("topologyDescriptionChanged", ({ newDescription }) => setAvailable(hasPrimary(newDescription)));
    setAvailable(true);
  }

  const ready = connect();
  ready.catch(() => undefined); // whoever waits for `ready` handles it; a server that is being closed may not
  return {
    connection,
    ready,
    isAvailable: () => available,
    onAvailabilityChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closing.abort();
      await connection.close(true).catch(() => undefined); // an attempt under way is what may fail here
      await ready.catch(() => undefined);
      setAvailable(false);
    },
  };
}

function hasPrimary(topology: mongoose.mongo.TopologyDescription): boolean {
  return [...topology.servers.values()].some(
    ({ type }) => type === "RSPrimary" || type === "Mongos" || type === "LoadBalancer",
  );
}
