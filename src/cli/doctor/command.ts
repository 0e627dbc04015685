/** `doctor`. */
import type { Command } from "commander";
import type { Cli } from "../cli.js";
import { examine } from "./doctor.js";
import { describe } from "./finding.js";

/** Adds the command. */
export function registerDoctor(program: Command, cli: Cli): void {
  program
    .command("doctor")
    .description("Look for whatever is wrong with the installation, and say what to do about it.")
    .option("--json", 'print {"ok":…,"findings":[{"check","level","says","remedy"}…]}')
    .addHelpText(
      "after",
      "\nLooks at settings, disk, database, indexes, clock, port, and whether PUBLIC_URL is reached by polling and websocket." +
        "\nRun it where the server runs, with the server's settings, and while it runs. Exit code 1 when something is wrong." +
        "\nFor --json in a pipe it is `npm run -s admin -- doctor --json`: npm itself writes to standard output otherwise.",
    )
    .action(async ({ json }: { json?: true }) => {
      const findings = await examine(cli);
      const isWell = findings.every(({ level }) => level !== "wrong");
      if (json === true) cli.print(JSON.stringify({ ok: isWell, findings }, null, 2));
      else for (const line of describe(findings)) cli.print(line);
      if (!isWell) cli.setExitCode(1);
    });
}
