/** src/main.ts in a process of its own, and what it says. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { testMongodBinary } from "../support/mongod/index.js";

export interface MainProcess {
  readonly pid: number;
  /** Both outputs so far. */
  output(): { stdout: string; stderr: string };
  /** Resolves with its output once either one contains `text`; rejects when it ends before. */
  says(text: string): Promise<{ stdout: string; stderr: string }>;
  signal(name: NodeJS.Signals): void;
  /** Nobody reads either output from now on: writing to it fails. */
  hangUp(): void;
  /** Its exit code, once it has ended by itself or by a signal that it heard. */
  readonly ended: Promise<number | null>;
  /** For the end of a test, whatever became of it. */
  kill(): Promise<void>;
}

const root = new URL("../..", import.meta.url);

/** Starts it with these settings alone, whatever the environment of the tests has. */
export function startMain(settings: Record<string, string>): MainProcess {
  const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts"], {
    cwd: root,
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      MONGOD_BINARY: testMongodBinary(),
      BCRYPT_COST: "4",
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = once(child, "close").then(([code]) => (typeof code === "number" ? code : null));
  return {
    pid: child.pid ?? 0,
    output: () => said,
    says(text) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (said.stdout.includes(text) || said.stderr.includes(text)) resolve(said);
        };
        child.stdout.on("data", look);
        child.stderr.on("data", look);
        void ended.then(() => reject(new Error(`It ended without saying "${text}":\n${said.stdout}${said.stderr}`)));
        look();
      });
    },
    signal: (name) => void child.kill(name),
    hangUp() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    ended,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
