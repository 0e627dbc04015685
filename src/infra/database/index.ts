/** The database: embedded or yours, connected in the background, with its indexes and its clock. */
import type mongoose from "mongoose";
import type { Config } from "../config.js";
import type { Logger } from "../logger.js";
import { watchClock, type Clock } from "./clock.js";
import { watchConnection } from "./connection.js";
import { startEmbedded, type EmbeddedMongo } from "./embedded/index.js";
import { ensureIndexes, type IndexedModel } from "./indexes.js";

export { DatabaseError, isTransientDatabaseError } from "./errors.js";
export type { Clock } from "./clock.js";

export interface Database {
  /** Its own, never Mongoose's default one. Nothing is buffered: a call while the database is away fails. */
  readonly connection: mongoose.Connection;
  /** First connection made and topology checked; rejects with a DatabaseError on what retrying cannot mend. */
  readonly ready: Promise<void>;
  /** Whether a primary is known right now. */
  isAvailable(): boolean;
  /** @returns ends the listening */
  onAvailabilityChange(listener: (available: boolean) => void): () => void;
  /** Makes collections and indexes, then checks them; waits out a database that is away. Call after `ready`. */
  ensureIndexes(models: readonly IndexedModel[]): Promise<void>;
  readonly clock: Clock;
  /** Where the server listens, told to whoever starts a second one on the same data directory. */
  announce(url: string): Promise<void>;
  /** Process id of the embedded mongod, now; null for a database of yours. */
  embeddedPid(): number | null;
  close(): Promise<void>;
}

/** A mongod that took connections once and has been without an answer for this long hangs. */
const hangsAfterMs = 15_000;

/**
 * Opens the database that the settings name. The embedded one is started here, so that the call takes as long as
 * that; a given one is connected to in the background, for as long as it takes (`ready`).
 *
 * @throws DatabaseError when the embedded one cannot be started
 */
export async function openDatabase({ config, log }: { config: Config; log: Logger }): Promise<Database> {
  const embedded = config.mongodbUri === null ? await startEmbedded({ config, log }) : null;
  const uri = embedded?.uri ?? config.mongodbUri ?? "";
  const watched = watchConnection(uri, log);
  const closing = new AbortController();
  const clock = watchClock({ primaryTime: () => primaryTime(watched.connection), now: Date.now, log });
  const ready = watched.ready.then(async () => {
    await clock.compare();
    if (!closing.signal.aborted) clock.start();
  });
  ready.catch(() => undefined); // as in connection.ts
  const unwatch = embedded === null ? () => {} : replaceWhenHanging(embedded, watched.onAvailabilityChange);

  return {
    connection: watched.connection,
    ready,
    isAvailable: watched.isAvailable,
    onAvailabilityChange: watched.onAvailabilityChange,
    ensureIndexes: (models) => ensureIndexes(models, closing.signal),
    clock,
    announce: async (url) => embedded?.announce(url),
    embeddedPid: () => embedded?.pid() ?? null,
    async close() {
      closing.abort();
      clock.stop();
      unwatch();
      await watched.close();
      await embedded?.close();
    },
  };
}

async function primaryTime(connection: mongoose.Connection): Promise<number> {
  const hello = await connection.db?.admin().command({ hello: 1 });
  const time: unknown = hello?.["localTime"];
  if (!(time instanceof Date)) throw new Error("no time in the answer");
  return time.getTime();
}

function replaceWhenHanging(embedded: EmbeddedMongo, onChange: Database["onAvailabilityChange"]): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = onChange((available) => {
    clearTimeout(timer);
    if (!available)
      timer = setTimeout(() => embedded.replace(`no answer for ${hangsAfterMs / 1000} s`), hangsAfterMs).unref();
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
