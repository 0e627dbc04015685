/** Opens what a command works with: settings, database, models; and closes all of it, whatever became of the work. */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "mongoose";
import { deriveKeys, loadSecret, type Keys } from "../accounts/credentials/secret.js";
import { createEndedSessionModel, type EndedSessionModel } from "../accounts/ended-sessions.js";
import { createSessionModel, type SessionModel } from "../accounts/session-model.js";
import { createUserModel, type UserModel } from "../accounts/user-model.js";
import type { Config } from "../infra/config.js";
import {
  openDatabase,
  refuseHalfRestored,
  type CommandAccess,
  type IndexedModel,
  type RunningServer,
} from "../infra/database/index.js";
import { reasonOf } from "../infra/error-facts.js";
import { createLogger, type Logger } from "../infra/logger.js";
import { terminalStream } from "../infra/output.js";
import { createEntryModel, type EntryModel } from "../log/entry-model.js";
import { createRoomStore, type RoomStore } from "../rooms/store/room-store.js";
import { CommandError, type Cli } from "./cli.js";
import { refuseRootOnForeign } from "./owner.js";

/** A server's data without a server: what the parts of Parlance are made from. */
export interface Data {
  readonly config: Config;
  /** its warnings go to the person as plain lines */
  readonly log: Logger;
  readonly connection: Connection;
  readonly users: UserModel;
  readonly sessions: SessionModel;
  readonly endedSessions: EndedSessionModel;
  readonly rooms: RoomStore;
  readonly entries: EntryModel;
  /** for their indexes */
  readonly models: readonly IndexedModel[];
  /** what the keys are derived from */
  readonly secret: string;
  readonly keys: Keys;
  /** milliseconds, corrected by the database's clock as the server does it */
  now(): number;
  /** The server that runs on this data; null when none does. With exclusive access it is always null. */
  readonly server: RunningServer | null;
  /** Makes what is missing of all indexes, and checks them. */
  ensureIndexes(): Promise<void>;
  /** With exclusive access, before a step that cannot be undone. @throws DatabaseError when somebody came in meanwhile */
  confirmAlone(): Promise<void>;
}

const TIDY_UP_MS = 2_000;

interface Wish extends CommandAccess {
  /** for the command that puts a half-restored database right */
  readonly evenHalfRestored?: boolean;
}

/**
 * Opens the data, does `work` with it and closes it.
 *
 * Shared access is had at any time: beside a running server its database is used, else the embedded one is started for the
 * time of the command. Exclusive access is refused while a server runs on the same data, and a server that is started
 * meanwhile is refused in turn. All indexes are there before `work` begins, unless the database may be half restored.
 *
 * @throws DatabaseError, CommandError, ConfigError: one line for the person
 */
export async function withData<T>(cli: Cli, wish: Wish, work: (data: Data) => Promise<T>): Promise<T> {
  const config = cli.readConfig();
  await refuseRootOnForeign(config.dataDir, process.getuid?.());
  const log = createLogger("info", terminalStream(cli.say));
  const secret = await loadSecret(config).catch((error: unknown) => {
    throw new CommandError(`The server's secret cannot be had: ${reasonOf(error)}.`);
  });
  const database = await openDatabase({ config, log, by: wish });
  try {
    const { connection } = database;
    const users = createUserModel(connection);
    const sessions = createSessionModel(connection);
    const endedSessions = createEndedSessionModel(connection);
    const rooms = createRoomStore(connection);
    const entries = createEntryModel(connection);
    const models = [users, sessions, endedSessions, ...rooms.models, entries];
    const ensureIndexes = () => database.ensureIndexes(models);
    await interruptible(cli.signal, database.ready);
    if (wish.evenHalfRestored !== true) {
      await refuseHalfRestored(connection);
      await ensureIndexes();
    }
    const now = () => Date.now() + database.clock.offsetMs();
    const { server, confirmAlone } = database;
    const keys = deriveKeys(secret);
    const parts = { users, sessions, endedSessions, rooms, entries, models, secret };
    const data = { config, log, connection, ...parts, keys, now, server, ensureIndexes, confirmAlone };
    return await interruptible(cli.signal, work(data));
  } finally {
    await database.close();
  }
}

/** Work that looks at the signal itself has a moment to tidy up; what else is under way fails when its database is closed. */
async function interruptible<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = signal.aborted ? Promise.resolve() : once(signal, "abort");
  const tooLate = aborted.then(async () => {
    await delay(TIDY_UP_MS, undefined, { ref: false });
    throw new CommandError("Interrupted.");
  });
  tooLate.catch(() => undefined); // the work was done first
  work.catch(() => undefined); // after an interruption nobody hears of it
  return await Promise.race([work, tooLate]);
}
