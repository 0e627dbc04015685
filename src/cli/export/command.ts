/** `export room`. */
import type { Command } from "commander";
import type { Cli } from "../cli.js";
import { exportRoom, type ExportOptions } from "./export-room.js";

/** Adds the group. */
export function registerExport(program: Command, cli: Cli): void {
  const group = program.command("export").description("Write what people said in a form that other programs read.");

  group
    .command("room")
    .description(
      "Write a room's whole log as JSON Lines: one JSON object a line, oldest first. A server may run meanwhile.",
    )
    .argument("<room>", "name or id; direct rooms by their id")
    .argument("[file]", "the file to make (default: standard output)")
    .option("--force", "replace the file if it is there")
    .addHelpText(
      "after",
      '\nThe lines, with the shapes of the API:\n  {"type":"room","room":…}     first: the room, head being the last seq that is exported' +
        '\n  {"type":"user","user":…}     before the first entry that names that user' +
        '\n  {"type":"entry","entry":…}   every kind, seq ascending from 1; deleted messages without their text' +
        '\n  {"type":"end","entries":N}   last: without it the export is incomplete' +
        "\n\nIn a pipe it is `npm run -s admin -- export …`: npm itself writes to standard output otherwise.",
    )
    .action((room: string, file: string | undefined, options: ExportOptions) => exportRoom(cli, room, file, options));
}
