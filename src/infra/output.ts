/**
 * Output: what a person sees and where the log goes.
 *
 * At a terminal a person watches: plain lines there, the JSON log in `DATA_DIR/server.log`. Everywhere else (a pipe, a
 * service, a container) a collector reads: the JSON log on standard output, the few plain lines on standard error.
 */
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { pino, type DestinationStream } from "pino";
import { z } from "zod";
import type { Config } from "./config.js";
import { createLogger, type Logger } from "./logger.js";

export interface Output {
  readonly log: Logger;
  /** One plain line for a person. */
  say(line: string): void;
}

interface OutputOptions {
  readonly config: Pick<Config, "dataDir" | "logLevel">;
  readonly terminal: boolean;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

const largestLogBytes = 20 * 1024 * 1024;
const lineSchema = z.object({
  level: z.string(),
  msg: z.string().default(""),
  say: z.boolean().default(false),
  err: z.object({ message: z.string() }).optional(),
});
const loud = new Set(["warn", "error", "fatal"]);

/** Opens the log and the plain lines for this process. */
export function openOutput({ config, terminal, stdout, stderr }: OutputOptions): Output {
  if (!terminal) {
    return {
      log: createLogger(config.logLevel, gatherLines(stdout)),
      say: (line) => stderr(`${line}\n`),
    };
  }
  const say = (line: string) => stdout(`${line}\n`);
  const destination = pino.multistream([
    { level: "trace", stream: openLogFile(config.dataDir) },
    { level: "trace", stream: terminalStream(say) },
  ]);
  return { log: createLogger(config.logLevel, destination), say };
}

/**
 * Lines of one turn of the event loop in one write: to a pipe a write is a system call that waits. What is still held when
 * the process ends is written then.
 */
function gatherLines(write: (text: string) => void): DestinationStream & { flushSync(): void } {
  let held = "";
  const flushSync = () => {
    if (held === "") return;
    const text = held;
    held = "";
    write(text);
  };
  process.once("exit", flushSync);
  return {
    write(line) {
      if (held === "") setImmediate(flushSync);
      held += line;
    },
    // The logger calls it after a fatal line.
    flushSync,
  };
}

/** Of the log, a terminal shows the lines marked `say`, and whatever is a warning or worse. */
export function terminalStream(say: (line: string) => void): DestinationStream {
  return {
    write(json) {
      const line = lineSchema.parse(JSON.parse(json));
      if (line.say) say(line.msg);
      else if (loud.has(line.level)) say(`${line.level}: ${line.msg}${line.err ? ` (${line.err.message})` : ""}`);
    },
  };
}

/** Lines are written at once, so that the last ones before a crash are there. */
function openLogFile(dataDir: string): DestinationStream {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, "server.log");
  if (existsSync(path) && statSync(path).size > largestLogBytes) renameSync(path, `${path}.1`);
  return pino.destination({ dest: path, sync: true, mode: 0o600 });
}
