/** `npm run admin -- …`: the commands, their help, and what a failure is told as. Each group is a folder of its own. */
import { Command, CommanderError } from "commander";
import { ConfigError } from "../infra/config.js";
import { DatabaseError, isTransientDatabaseError } from "../infra/database/index.js";
import { reasonOf } from "../infra/error-facts.js";
import { ChatError } from "../protocol/errors.js";
import { VERSION } from "../server-info.js";
import { registerBackup } from "./backup/command.js";
import { CommandError, type Cli } from "./cli.js";
import { registerDoctor } from "./doctor/command.js";
import { registerExport } from "./export/command.js";
import { registerImport } from "./import/command.js";
import { createInterruption } from "./terminal/interruption.js";
import { openTerminal } from "./terminal/terminal.js";
import { registerUsers } from "./users/command.js";

/** Every group adds its commands to `program` and does its work through `cli`. */
export type Register = (program: Command, cli: Cli) => void;

const groups: readonly Register[] = [registerUsers, registerBackup, registerExport, registerImport, registerDoctor];

/** The lines for a failure that a person can mend; null for one that is ours. */
function explain(error: unknown): readonly string[] | null {
  if (error instanceof ConfigError) return error.lines;
  if (error instanceof CommandError || error instanceof DatabaseError || error instanceof ChatError)
    return [error.message];
  if (isTransientDatabaseError(error))
    return [
      `The database went away (${reasonOf(error)}). Whether the last step was done is not known: look, and repeat.`,
    ];
  return null;
}

/**
 * Carries out one command.
 *
 * @param args - without the program's own name
 * @returns the exit code: 0 when it was done, 1 when not
 */
export async function runCommand(args: readonly string[], cli: Cli & { exitCode(): number }): Promise<number> {
  const program = new Command("npm run admin --")
    .description("Look after a Parlance server: accounts, backups, imports and exports. Settings are the server's own.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.print(text.trimEnd()),
      writeErr: (text) => cli.say(text.trimEnd()),
      outputError: (text, write) =>
        write(
          `${text
            .trim()
            .replace(/^error: /, "")
            .replace(/\.$/, "")}. Add --help to see how it is used.`,
        ),
    });
  for (const register of groups) register(program, cli);
  try {
    await program.parseAsync(args, { from: "user" });
    return cli.exitCode();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    const lines = explain(error);
    if (lines === null) throw error;
    for (const line of lines) cli.say(line);
    return 1;
  }
}

/**
 * Carries out one command at this process's terminal. Ctrl-C ends it in order; a second one ends it at once.
 *
 * @param folder - where the person is, from which file names are taken
 */
export async function runAdmin(args: readonly string[], folder: string): Promise<number> {
  const { signal, interrupt } = createInterruption(
    () => performance.now(),
    () => process.exit(130),
  );
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, interrupt);
  return await runCommand(args, openTerminal({ folder, signal }));
}
