/** `backup` and `restore`. */
import type { Command } from "commander";
import type { Cli } from "../cli.js";
import { backup, type BackupOptions } from "./backup.js";
import { restore, type RestoreOptions } from "./restore.js";

/** Adds the group. */
export function registerBackup(program: Command, cli: Cli): void {
  program
    .command("backup")
    .description(
      "Write everything into one file: accounts, rooms, messages, the generated secret. A server may run meanwhile.",
    )
    .argument("<file>", "the file to make; until it is whole its name ends in .part")
    .option("--force", "replace the file if it is there")
    .addHelpText(
      "after",
      "\nThe file shows one moment, however much is written meanwhile. It is compressed, readable by you alone (mode 0600)," +
        "\nand carries a checksum. Sessions are not in it: after a restore everybody logs in again. A JWT_SECRET that you set" +
        "\nyourself is not in it either: keep it with the backup.",
    )
    .action((file: string, options: BackupOptions) => backup(cli, file, options));

  program
    .command("restore")
    .description("Put a backup in the place of the data. Not while a server runs on it.")
    .argument("[file]", "a file that `backup` made")
    .option("--replace", "also when the database is not empty: what is there is lost")
    .option("--yes", "do not ask")
    .option("--abandon", "take back a restore that was interrupted before it changed anything")
    .addHelpText(
      "after",
      "\nThe whole file is verified before anything is touched, and loaded beside what is there before that is replaced." +
        "\nA restore that was interrupted is named at the next start: run it again.",
    )
    .action((file: string | undefined, options: RestoreOptions) => restore(cli, file, options));
}
