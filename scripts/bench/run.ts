/** The bench: `npm run bench -- --help`. Plays the scenarios round by round, prints what it measured, keeps it in reports/bench. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { growthTableOf, examinedTableOf } from "./growth-report.js";
import { measureGrowth } from "./growth.js";
import { play, type Timing } from "./play.js";
import { root } from "./processes.js";
import { tableOf, type Round } from "./report.js";
import { scenarios } from "./scenarios.js";

const HELP = `npm run bench -- [--short] [--only S1,S4] [--rounds 3] [--seconds 10] [--growth]
  Measures Parlance beside a chat server as tutorials write it, and beside bare Socket.IO that stores nothing.
  --short    one round of one scenario, a few seconds: whether it runs
  --only     these scenarios: ${scenarios.map(({ name }) => name).join(", ")}, growth
  --rounds   how often each is measured; the order is reversed every other round
  --seconds  how long each flow of messages is measured
Everything is measured by default: that takes about half an hour on a quiet machine.`;

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    only: { type: "string" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "10" },
    help: { type: "boolean", default: false },
  },
});
const say = (line: string) => console.error(line);

/** What a run in the list is called; `growth` is no scenario of the generator. */
const GROWTH = "growth";
const all = [...scenarios.map(({ name }) => name), GROWTH];

function wholeNumber(name: "rounds" | "seconds"): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} must be a whole number from 1.`);
  process.exit(1);
}

function chosenNames(): string[] {
  if (values.only === undefined) return values.short ? ["S1"] : all;
  const names = values.only.split(",");
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length === 0) return names;
  console.error(`There is no scenario ${unknown.join(", ")}. There are ${all.join(", ")}.`);
  process.exit(1);
}

async function playRounds(names: readonly string[], count: number, timing: Timing): Promise<Round[]> {
  const rounds: Round[] = [];
  for (const scenario of scenarios.filter(({ name }) => names.includes(name))) {
    say(`${scenario.name}: ${scenario.title}`);
    for (let round = 0; round < count; round++) {
      const order = round % 2 === 0 ? scenario.protocols : scenario.protocols.toReversed();
      const runs = [];
      for (const protocol of order) {
        const run = await play(scenario, protocol, timing);
        say(
          `  round ${round + 1}, ${protocol}${run.quiet ? "" : " (the machine was not quiet)"}: ${JSON.stringify(run.result)}`,
        );
        runs.push(run);
      }
      rounds.push({ scenario, runs });
    }
  }
  return rounds;
}

if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const names = chosenNames();
const count = values.short ? 1 : wholeNumber("rounds");
const timing = values.short ? { warmSeconds: 1, seconds: 3 } : { warmSeconds: 1.5, seconds: wholeNumber("seconds") };

const rounds = await playRounds(names, count, timing);
const growth = names.includes(GROWTH) ? await measureGrowth({ rounds: count, timing, say }) : null;

const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
const window = `${timing.seconds} s after ${timing.warmSeconds} s of warming up, ${count} round(s)`;
const text = [
  `${machine}; ${window}.`,
  ...(rounds.length === 0 ? [] : [tableOf(rounds)]),
  ...(growth === null ? [] : [growthTableOf(growth.runs), examinedTableOf(growth.examined)]),
].join("\n\n");
const folder = join(root, "reports/bench");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "report.md"), `${text}\n`);
writeFileSync(join(folder, "report.json"), JSON.stringify({ machine, timing, rounds, growth }, null, 1));
console.log(text);

const faults = [
  ...rounds.flatMap(({ scenario, runs }) =>
    runs.flatMap((run) => run.faults.map((fault) => `${scenario.name}, ${run.protocol}: ${fault}`)),
  ),
  ...(growth?.runs.flat().flatMap(({ size, faults: found }) => found.map((fault) => `growth, ${size}: ${fault}`)) ??
    []),
];
// Of a baseline it is told, too; it is Parlance that must not lose anything.
for (const fault of faults) console.error(`Fault: ${fault}`);
process.exit(faults.some((fault) => /parlance|growth/.test(fault)) ? 1 : 0);
