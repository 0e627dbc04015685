/** What every command is given: where its words go, how it asks, and the settings. Nothing here knows a database. */
import type { Config } from "../infra/config.js";

export interface Progress {
  /** @param done - of the total, so far */
  update(done: number): void;
  /** Takes the bar away; calling it again does nothing. */
  stop(): void;
}

export interface Cli {
  /** One line of what was asked for: standard output. */
  print(line: string): void;
  /** One line about the way there: standard error. */
  say(line: string): void;
  /** A bar on standard error where that is a terminal, else a line now and then. */
  progress(label: string, total: number): Progress;
  /** Whether a person can be asked. */
  readonly isTerminal: boolean;
  /** Asks at the terminal. @throws CommandError when there is none */
  ask(question: string): Promise<string>;
  /** The same without showing what is typed. */
  askSecret(question: string): Promise<string>;
  /** Standard input to its end. */
  readInput(): Promise<string>;
  /** Standard output as it is, for what is too long to be held. */
  readonly output: NodeJS.WritableStream;
  /** A file that was named by the person, from the folder where they are. */
  path(file: string): string;
  /** The settings as the server reads them. @throws ConfigError with every mistake */
  readConfig(): Config;
  /** The exit code of a command that says no without failing. */
  setExitCode(code: number): void;
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal;
}

/** Called between steps of long work. @throws CommandError once the person wants the command to end */
export function goOn({ signal }: Pick<Cli, "signal">): void {
  if (signal.aborted) throw new CommandError("Interrupted.");
}

/** Why a command cannot do what it was asked for: one line with the remedy. Shown without a stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
