/** The embedded MongoDB: a real mongod on the data directory, started by the server and stopped by it last. */
import { mkdir } from "node:fs/promises";
import type { Config } from "../../config.js";
import type { Logger } from "../../logger.js";
import { DatabaseError } from "../errors.js";
import { findMongod } from "../mongod/find.js";
import { lockDirectory, readHolder, type DirectoryLock, type Holder } from "./directory-lock.js";
import { endOrphan, lastComplaint, spawnMongod, waitUntilListening } from "./mongod-process.js";
import { embeddedUri, prepareReplicaSet } from "./replica-set.js";
import { choosePort, embeddedPaths, readState, writeState } from "./state.js";
import { supervise, type Supervisor } from "./supervisor.js";
import { reasonOf } from "../../error-facts.js";

export interface EmbeddedMongo {
  /** With the password in it: not for logs. */
  readonly uri: string;
  announce(url: string): Promise<void>;
  replace(reason: string): void;
  pid(): number;
  /** Ends mongod, then gives the data directory free. */
  close(): Promise<void>;
}

interface EmbeddedOptions {
  readonly config: Config;
  readonly log: Logger;
  /** what starts it when that is no server */
  readonly command?: string;
}

/** The one that a running server has started, for use beside that server; null when no server runs. */
export async function findRunning({
  dataDir,
}: Pick<Config, "dataDir">): Promise<{ uri: string; server: Holder } | null> {
  const holder = await readHolder(dataDir);
  if (holder === null || holder.command !== null) return null;
  const state = await readState(embeddedPaths(dataDir));
  if (state.port === 0)
    throw new DatabaseError(`The server (process ${holder.pid}) starts for the first time. Repeat in a moment.`);
  return { uri: embeddedUri(state), server: holder };
}

/**
 * Starts it, fetching a mongod first if there is none, and looks after it from then on.
 *
 * @returns when it is primary and knows our user
 * @throws DatabaseError in one line; nothing runs or is locked then
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedMongo> {
  const { dataDir, host, port } = options.config;
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new DatabaseError(`DATA_DIR cannot be made (${reasonOf(error)}). Set it to a folder that can.`);
  });
  const { command = null } = options;
  const url = port === 0 || command !== null ? null : `http://${host}:${port}`;
  const lock = await lockDirectory(dataDir, url, command);
  try {
    return await startLocked(options, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked({ config, log }: EmbeddedOptions, lock: DirectoryLock): Promise<EmbeddedMongo> {
  const paths = embeddedPaths(config.dataDir);
  const say = (line: string) => log.info({ say: true }, line);
  const kept = await readState(paths);
  const binary = await findMongod({ places: config.mongod, series: kept.series, say });
  const orphan = await endOrphan(paths);
  if (orphan !== null) log.warn({ pid: orphan }, "ended the mongod that an earlier server left behind");
  const state = { ...kept, port: await choosePort(kept.port) };
  await writeState(paths, state);

  say(`Starting MongoDB ${binary.version} (${binary.path}).`);
  const mongod = await spawnMongod(binary.path, paths, state.port);
  let supervisor: Supervisor;
  try {
    if (!(await waitUntilListening(mongod, state.port))) {
      throw new DatabaseError(
        `The embedded MongoDB does not start: ${await lastComplaint(paths.log)}. Its log is ${paths.log}.`,
      );
    }
    await prepareReplicaSet(state);
    await writeState(paths, { ...state, series: binary.series });
    supervisor = supervise(mongod, { binary: binary.path, paths, port: state.port, log });
  } catch (error) {
    await mongod.stop();
    throw error;
  }
  log.info({ pid: mongod.pid, port: state.port, version: binary.version }, "embedded MongoDB is ready");
  return {
    uri: embeddedUri(state),
    announce: lock.announce,
    replace: supervisor.replace,
    pid: supervisor.pid,
    async close() {
      await supervisor.stop();
      await lock.release();
    },
  };
}
