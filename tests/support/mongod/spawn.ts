/** A mongod of a test's own, for what the shared one must not go through: no replica set, passwords, a death. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntilListening } from "../../../src/infra/database/embedded/mongod-process.js";
import { choosePort } from "../../../src/infra/database/embedded/state.js";
import { testMongodBinary } from "./index.js";

export interface OwnMongod {
  readonly port: number;
  readonly host: string;
  /** Ends it at once, as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts it on the same files and port. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/** @param args - for mongod, besides files and address */
export async function startOwnMongod(args: readonly string[] = [], port?: number): Promise<OwnMongod> {
  const files = await mkdtemp(join(tmpdir(), "parlance-mongod-"));
  const chosen = port ?? (await choosePort(0));
  const spawnIt = () =>
    spawn(
      testMongodBinary(),
      ["--dbpath", files, "--port", String(chosen), "--bind_ip", "127.0.0.1", "--nounixsocket", "--quiet", ...args],
      { stdio: "ignore" },
    );
  let child = spawnIt();
  async function waitForIt(): Promise<void> {
    const ended = once(child, "exit").then(() => undefined);
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    if (!(await waitUntilListening({ ended, hasEnded }, chosen))) throw new Error("mongod did not start");
  }
  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
  await waitForIt();
  return {
    port: chosen,
    host: `127.0.0.1:${chosen}`,
    kill,
    async start() {
      child = spawnIt();
      await waitForIt();
    },
    async close() {
      await kill();
      await rm(files, { recursive: true, force: true });
    },
  };
}
