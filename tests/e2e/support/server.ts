/** The built product in a process of its own, on an embedded MongoDB of its own, to be killed and started again. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mongodPids, startServerProcess, type ServerProcess } from "../../journeys/server-process.js";

export interface RunningServer {
  readonly url: string;
  /** `kill -9` of the server and of its database; both are gone when it resolves */
  kill(): Promise<void>;
  /** Starts both again, on the same port and data. */
  start(): Promise<void>;
  /** Ends everything and removes the data. */
  remove(): Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("The probe has no port.");
  return address.port;
}

/**
 * @param name - of its temporary folder
 * @param prepare - is given the data before the server is started
 */
export async function runServer(name: string, prepare?: (dataDir: string) => Promise<void>): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(tmpdir(), `parlance-${name}-`));
  await prepare?.(dataDir);
  const port = await freePort();
  const launch = () => startServerProcess({ PORT: String(port), DATA_DIR: dataDir }, "built");
  let process_: ServerProcess | null = await launch();
  const killDatabase = async () => {
    for (const pid of await mongodPids(dataDir)) process.kill(pid, "SIGKILL");
  };
  return {
    url: `http://127.0.0.1:${port}`,
    async kill() {
      await Promise.all([process_?.kill(), killDatabase()]);
      process_ = null;
    },
    async start() {
      process_ ??= await launch();
    },
    async remove() {
      await process_?.stop();
      await killDatabase();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
