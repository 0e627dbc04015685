/** Runs an admin command in this process, and keeps what it says. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Writable } from "node:stream";
import type { Cli } from "../../src/cli/cli.js";
import { runCommand } from "../../src/cli/main.js";
import { readConfig } from "../../src/infra/config.js";

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** standard input */
  input?: string;
  /** what a person at the terminal answers, in this order; absent: there is no terminal */
  answers?: readonly string[];
  signal?: AbortSignal;
  /** told each line on standard error as it comes */
  onSaid?: (line: string) => void;
  /** told the label of a progress bar whenever that moves */
  onProgress?: (label: string) => void;
}

export interface Admin {
  /** a folder of its own: DATA_DIR, and where files are named from */
  folder: string;
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
}

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** @param settings as in the environment; DATA_DIR is a new folder unless it is given */
export async function createAdmin(settings: Record<string, string>): Promise<Admin> {
  const folder = settings["DATA_DIR"] ?? (await mkdtemp(join(tmpdir(), "parlance-admin-")));
  folders.push(folder);
  const env = { BCRYPT_COST: "4", DATA_DIR: folder, PATH: process.env["PATH"], HOME: process.env["HOME"], ...settings };

  return {
    folder,
    async run(args, { input = "", answers, signal = new AbortController().signal, onSaid, onProgress } = {}) {
      let stdout = "";
      let stderr = "";
      let exitCode = 0;
      const waiting = [...(answers ?? [])];
      const answer = async () => {
        const next = waiting.shift();
        if (next === undefined) throw new Error("The command asks for more than the test answers.");
        return next;
      };
      const cli: Cli & { exitCode(): number } = {
        print: (line) => void (stdout += `${line}\n`),
        say(line) {
          stderr += `${line}\n`;
          onSaid?.(line);
        },
        progress: (label) => ({ update: () => onProgress?.(label), stop: () => {} }),
        isTerminal: answers !== undefined,
        ask: answer,
        askSecret: answer,
        readInput: async () => input,
        output: new Writable({
          write(chunk: Buffer, _encoding, done) {
            stdout += chunk.toString();
            done();
          },
        }),
        path: (file) => resolve(folder, file),
        readConfig: () => readConfig(env, folder),
        setExitCode: (code) => (exitCode = code),
        signal,
        exitCode: () => exitCode,
      };
      const code = await runCommand(args, cli);
      return { code, stdout, stderr };
    },
  };
}
