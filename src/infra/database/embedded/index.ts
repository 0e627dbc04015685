/** The embedded MongoDB: a real mongod on the data directory, started by the server and stopped by it last. */
import { mkdir } from "node:fs/promises";
import type { Config } from "../../config.js";
import type { Logger } from "../../logger.js";
import { DatabaseError } from "../errors.js";
import { findMongod } from "../mongod/find.js";
import { lockDirectory, type DirectoryLock } from "./directory-lock.js";
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

/**
 * Starts it, fetching a mongod first if there is none, and looks after it from then on.
 *
 * @returns when it is primary and knows our user
 * @throws DatabaseError in one line; nothing runs or is locked then
 */
export async function startEmbedded(options: { config: Config; log: Logger }): Promise<EmbeddedMongo> {
  const { dataDir, host, port } = options.config;
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new DatabaseError(`DATA_DIR cannot be made (${reasonOf(error)}). Set it to a folder that can.`);
  });
  const lock = await lockDirectory(dataDir, port === 0 ? null : `http://${host}:${port}`);
  try {
    return await startLocked(options, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked(
  { config, log }: { config: Config; log: Logger },
  lock: DirectoryLock,
): Promise<EmbeddedMongo> {
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
