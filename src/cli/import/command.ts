/** `npm run admin -- import irc`. */
import type { Command } from "commander";
import { CommandError, type Cli, type Progress } from "../cli.js";
import { withData } from "../open.js";
import { importIrc } from "./import-irc.js";
import { tell } from "./summary.js";

const HELP = `
Each file's name holds the day of its lines, like 2004-12-25.txt; a folder stands for the .txt files in it. Times are taken as UTC.
Lines are "[09:14] <nick> text", "[09:14]  * nick does something" and "=== nick [host] has joined|has left|is now known as …".

A public room that does not exist is made at the moment of the first line and belongs to --owner, else to the oldest admin.
In a room that exists, nothing may be newer than the first line. People become accounts to which nobody can log in.
A second run adds nothing; after an interruption the same command goes on where it stopped. No server may run on the data
meanwhile. docs/importing.md tells the rest.`;

interface IrcOptions {
  room: string;
  owner?: string;
  topic?: string;
}

/** Adds `import` with the forms it knows. */
export function registerImport(program: Command, cli: Cli): void {
  program
    .command("import")
    .description("Bring the past of another chat into a room.")
    .command("irc")
    .description("Import logs of an IRC channel.")
    .argument("<file...>", "log files, or folders of them")
    .requiredOption("--room <name>", "the public room they go into")
    .option("--owner <username>", "who owns the room if it has to be made")
    .option("--topic <text>", "its topic if it has to be made")
    .addHelpText("after", HELP)
    .action(async (files: string[], { room, owner, topic = "" }: IrcOptions) => {
      let bar: Progress | null = null;
      const onProgress = (done: number, total: number) => {
        if (cli.signal.aborted) throw new CommandError("Interrupted. The same command goes on where it stopped.");
        bar ??= cli.progress("Importing", total);
        bar.update(done);
      };
      const paths = files.map((file) => cli.path(file));
      try {
        const summary = await withData(cli, { command: "import", access: "exclusive" }, (data) =>
          importIrc(data, { name: room, owner: owner ?? null, topic, paths, onProgress }),
        );
        (bar as Progress | null)?.stop();
        for (const line of tell(summary, room)) cli.print(line);
      } finally {
        (bar as Progress | null)?.stop();
      }
    });
}
