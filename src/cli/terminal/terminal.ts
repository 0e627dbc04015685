/** The terminal: lines, a progress bar, questions. */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { resolve } from "node:path";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import progressBar from "cli-progress";
import { readProcessConfig } from "../../infra/config.js";
import { codeOf } from "../../infra/error-facts.js";
import { CommandError, type Cli, type Progress } from "../cli.js";

interface TerminalOptions {
  /** The folder that file names are taken from. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Without a terminal a line of progress comes at most this often. */
const PROGRESS_EVERY_MS = 5_000;

/** This process's own terminal. */
export function openTerminal({ folder, signal }: TerminalOptions): Cli & { exitCode(): number } {
  const { stdin, stdout, stderr } = process;
  const isTerminal = stdin.isTTY && stderr.isTTY;
  let exitCode = 0;
  for (const stream of [stdout, stderr]) stream.on("error", letGo);

  async function ask(question: string, hidden: boolean): Promise<string> {
    if (!isTerminal) throw new CommandError(`"${question}" cannot be asked: there is no terminal. See --help.`);
    // What readline echoes goes to nowhere. From here on the terminal itself echoes nothing either.
    const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : stderr;
    const lines = createInterface({ input: stdin, output, terminal: true });
    const ended = once(lines, "close").then(() => null);
    if (hidden) stderr.write(`${question} `);
    try {
      const answer = await Promise.race([lines.question(hidden ? "" : `${question} `, { signal }), ended]);
      if (answer !== null) return answer;
    } catch {
      // Ctrl-C and Ctrl-D come as characters while a line is read.
    } finally {
      lines.close();
      if (hidden) stderr.write("\n");
    }
    throw new CommandError("Interrupted.");
  }

  return {
    print: (line) => void stdout.write(`${line}\n`),
    say: (line) => void stderr.write(`${line}\n`),
    progress: (label, total) => (stderr.isTTY ? drawBar(label, total) : tellNowAndThen(label, total)),
    isTerminal,
    ask: (question) => ask(question, false),
    askSecret: (question) => ask(question, true),
    readInput: () => text(stdin),
    output: stdout,
    path: (file) => resolve(folder, file),
    readConfig: () => readProcessConfig(process.cwd()),
    setExitCode: (code) => (exitCode = code),
    signal,
    exitCode: () => exitCode,
  };
}

/** Whoever reads may stop reading (`| head`): that is no failure. */
function letGo(error: unknown): void {
  if (codeOf(error) !== "EPIPE") throw error;
}

function drawBar(label: string, total: number): Progress {
  const format = `${label} {bar} {percentage}% | {value}/{total} | {eta_formatted} left`;
  const bar = new progressBar.SingleBar({ format, stream: process.stderr, hideCursor: true }, progressBar.Presets.rect);
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}

function tellNowAndThen(label: string, total: number): Progress {
  let toldAt = performance.now();
  return {
    update(done) {
      if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      process.stderr.write(`${label}: ${done} of ${total}\n`);
    },
    stop() {},
  };
}
