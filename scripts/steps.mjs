/** Runs the steps of `npm test` and `npm run check`, and ends with their tally whatever happens to a step. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./process.mjs";
import { lastLine, sum } from "./tally.mjs";

/** @typedef {import("./tally.mjs").Tally} Tally */
/** @typedef {{ name: string, run: () => Promise<Tally> }} Step */

/**
 * Runs all steps, also after a failed one, and prints the last line as the process ends: also when it is told to end in
 * between. A step that threw, or was not come to, counts as one failure.
 *
 * @param {string} report - the tally is left in `reports/<report>.tally` for `.ci/run`
 * @param {readonly Step[]} steps
 */
export async function runSteps(report, steps) {
  const folder = join(root, "reports");
  const file = join(folder, `${report}.tally`);
  mkdirSync(folder, { recursive: true });
  rmSync(file, { force: true });
  /** @type {Map<string, Tally>} */
  const tallies = new Map(steps.map(({ name }) => [name, { passed: 0, failed: 1 }]));
  process.on("exit", () => {
    const total = sum([...tallies.values()]);
    writeFileSync(file, `${total.passed} ${total.failed}\n`);
    console.log(lastLine(total));
    if (total.failed > 0 && !process.exitCode) process.exitCode = 1;
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
    process.on(signal, () => process.exit(130));

  for (const { name, run } of steps) {
    console.log(`\n── ${name}`);
    try {
      tallies.set(name, await run());
    } catch (error) {
      console.error(error instanceof Error && "isPlain" in error ? error.message : error);
    }
  }
  console.log("");
}
