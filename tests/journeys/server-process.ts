/** A server as a person starts it, in a process of its own with its embedded MongoDB, to be killed. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

export interface ServerProcess {
  /** `kill -9`, and the process is gone when it resolves */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>;
}

const root = new URL("../..", import.meta.url);

const SETTINGS = {
  HOST: "127.0.0.1",
  BCRYPT_COST: "4",
  LOG_LEVEL: "warn",
  RATE_AUTH_PER_MINUTE: "1000",
  RATE_REQUESTS_PER_MINUTE: "100000",
  RATE_MESSAGES_PER_SECOND: "1000",
  RATE_MESSAGES_BURST: "1000",
};

/** The built one brings the web page with it; the other one needs no build. */
const PROGRAMS = { source: ["--import", "tsx", "src/main.ts"], built: ["dist/main.js"] };

/** With an empty `MONGODB_URI` it has the embedded MongoDB. Resolves once it says that it is ready; rejects with what it said when it ends before. */
export async function startServerProcess(
  settings: { PORT: string; DATA_DIR: string; MONGODB_URI?: string },
  program: keyof typeof PROGRAMS = "source",
): Promise<ServerProcess> {
  const child = spawn(process.execPath, PROGRAMS[program], {
    cwd: root,
    env: { ...process.env, MONGODB_URI: "", ...SETTINGS, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await readiness(child);
  const exited = once(child, "exit");
  return {
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGTERM");
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
}

function readiness(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (text: Buffer) => {
      said += text.toString();
      if (said.includes("Parlance is ready")) resolve();
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code} before it was ready:\n${said}`)));
  });
}

/** Process ids of the mongod that serves a data directory: by its command line, as its supervisor knows it. */
export async function mongodPids(dataDir: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,args="], { maxBuffer: 16 * 1024 * 1024 });
  return stdout
    .split("\n")
    .filter((line) => line.includes(dataDir) && /\bmongod\b/.test(line) && !line.includes("src/main.ts"))
    .map((line) => Number.parseInt(line, 10));
}
