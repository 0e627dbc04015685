/** Keeps mongod running: started again when it dies, killed and started again when it hangs, on the same port throughout. */
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../../logger.js";
import { endOrphan, lastComplaint, spawnMongod, waitUntilListening, type MongodProcess } from "./mongod-process.js";
import type { EmbeddedPaths } from "./state.js";

export interface Supervisor {
  /** Kills a mongod that took connections once and does not answer any more; it is then started again. */
  replace(reason: string): void;
  /** Ends mongod and stays ended. */
  stop(): Promise<void>;
  pid(): number;
}

interface SupervisorOptions {
  readonly binary: string;
  readonly paths: EmbeddedPaths;
  readonly port: number;
  readonly log: Logger;
}

const longestPauseMs = 5_000;

/**
 * @param first - the running, listening mongod to look after
 */
export function supervise(first: MongodProcess, { binary, paths, port, log }: SupervisorOptions): Supervisor {
  const stopping = new AbortController();
  let current = first;
  let listening = true;

  async function startAgain(): Promise<boolean> {
    try {
      await endOrphan(paths);
      current = await spawnMongod(binary, paths, port);
    } catch (error) {
      log.error({ err: error }, "mongod could not be started");
      return false;
    }
    // Waiting ends with the process, so a stop needs no signal here: it ends the process.
    if (stopping.signal.aborted) void current.stop(); // awaited by stop(), by way of `watching`
    return waitUntilListening(current, port);
  }

  async function watch(): Promise<void> {
    for (let pauseMs = 0; ;) {
      await current.ended;
      listening = false;
      if (stopping.signal.aborted) return;
      log.error(
        { pid: current.pid, complaint: await lastComplaint(paths.log) },
        "mongod ended unexpectedly and is started again",
      );
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      listening = await startAgain();
      if (listening) log.warn({ pid: current.pid }, "mongod runs again");
      pauseMs = listening ? 0 : Math.min(pauseMs * 2 + 250, longestPauseMs);
    }
  }

  const watching = watch();
  return {
    pid: () => current.pid,
    replace(reason) {
      if (!listening || stopping.signal.aborted) return; // it is being started: recovery of its files may take long
      log.error({ pid: current.pid, reason }, "mongod hangs and is replaced");
      current.kill();
    },
    async stop() {
      stopping.abort();
      await current.stop();
      await watching;
    },
  };
}
