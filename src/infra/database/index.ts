/** The database: embedded or yours, connected in the background, with its indexes and its clock. */
import type mongoose from "mongoose";
import type { Config } from "../config.js";
import type { Logger } from "../logger.js";
import { watchClock, type Clock } from "./clock.js";
import { watchConnection } from "./connection.js";
import { findRunning, startEmbedded, type EmbeddedMongo } from "./embedded/index.js";
import type { DatabaseError } from "./errors.js";
import { ensureIndexes, type IndexedModel } from "./indexes.js";
import { listServers, occupyAlone, occupyAsServer, type Occupancy } from "./occupancy.js";
import { refuseHalfRestored } from "./restore-mark.js";

export { DatabaseError, isTransientDatabaseError } from "./errors.js";
export type { Clock } from "./clock.js";
export type { IndexedModel } from "./indexes.js";
export { refuseHalfRestored, settingsOf } from "./restore-mark.js";

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
  /**
   * A server's place among those who use this data. Call after `ready`, before anything is served.
   *
   * @throws DatabaseError when a command has the data to itself, or a restore was not finished
   */
  occupy(url: string): Promise<void>;
  /** Resolves when a command took the database for its own while this server was away: it must not be served on. */
  readonly lost: Promise<DatabaseError>;
  /** For a command: the server that runs on this data; null when none does, or it was not looked for. */
  readonly server: RunningServer | null;
  /** For a command that has the data to itself. @throws DatabaseError when it is not alone any more */
  confirmAlone(): Promise<void>;
  close(): Promise<void>;
}

export interface RunningServer {
  readonly url: string | null;
  readonly pid: number;
}

/** An admin command's wish. `shared`: beside a server. `exclusive`: with nobody else on the data, now and until it closes. */
export interface CommandAccess {
  readonly command: string;
  readonly access: "shared" | "exclusive";
}

interface OpenOptions {
  readonly config: Config;
  readonly log: Logger;
  /** absent: a server */
  readonly by?: CommandAccess;
}

/** A mongod that took connections once and has been without an answer for this long hangs. */
const hangsAfterMs = 15_000;
/** A person waits for a command; a server waits for its database. */
const COMMAND_PATIENCE_MS = 5_000;

/**
 * Opens the database that the settings name. The embedded one is started here (or joined, for a command beside a
 * server), so that the call takes as long as that; a given one is connected to in the background (`ready`), for as long
 * as it takes; a command gives up after a while.
 *
 * @throws DatabaseError when the embedded one cannot be started, or may not be used
 */
export async function openDatabase({ config, log, by }: OpenOptions): Promise<Database> {
  const isEmbedded = config.mongodbUri === null;
  const joined = isEmbedded && by?.access === "shared" ? await findRunning(config) : null;
  const embedded =
    isEmbedded && joined === null
      ? await startEmbedded({ config, log, ...(by === undefined ? {} : { command: by.command }) })
      : null;
  const uri = joined?.uri ?? embedded?.uri ?? config.mongodbUri ?? "";
  const watched = watchConnection(uri, log, by === undefined ? Infinity : COMMAND_PATIENCE_MS);
  const { connection } = watched;
  const closing = new AbortController();
  const clock = watchClock({ primaryTime: () => primaryTime(connection), now: Date.now, log });
  let occupancy: Occupancy | null = null;
  let server: RunningServer | null = joined?.server ?? null;

  const ready = watched.ready.then(async () => {
    await clock.compare();
    if (!closing.signal.aborted) clock.start();
    if (isEmbedded || by === undefined) return;
    if (by.access === "exclusive") occupancy = await occupyAlone(by.command, { connection, log });
    else server = (await listServers(connection))[0] ?? null;
  });
  ready.catch(() => undefined); // as in connection.ts
  const unwatchHanging = embedded === null ? () => {} : replaceWhenHanging(embedded, watched.onAvailabilityChange);
  const unwatchReturn = watched.onAvailabilityChange((available) => {
    if (available) void occupancy?.renew(); // does not reject
  });
  let tellLost = (_error: DatabaseError) => {};

  return {
    connection,
    ready,
    isAvailable: watched.isAvailable,
    onAvailabilityChange: watched.onAvailabilityChange,
    ensureIndexes: (models) => ensureIndexes(models, closing.signal),
    clock,
    announce: async (url) => embedded?.announce(url),
    embeddedPid: () => embedded?.pid() ?? null,
    async occupy(url) {
      if (!isEmbedded) occupancy = await occupyAsServer(url, (error) => tellLost(error), { connection, log });
      await refuseHalfRestored(connection).catch(async (error: unknown) => {
        await occupancy?.release();
        throw error;
      });
    },
    lost: new Promise((resolve) => (tellLost = resolve)),
    confirmAlone: async () => occupancy?.confirm(),
    get server() {
      return server;
    },
    async close() {
      closing.abort();
      clock.stop();
      unwatchHanging();
      unwatchReturn();
      await occupancy?.release();
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
