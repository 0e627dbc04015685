/** What the growth runs say, as tables in Markdown. */
import type { Examined, GrowthRun } from "./growth.js";

const measures = [
  ["CPU a message, µs", "messageCpu"],
  ["CPU of a newest page, µs", "newestCpu"],
  ["CPU of an oldest page, µs", "oldestCpu"],
  ["newest page, median ms", "newestMs"],
  ["oldest page, median ms", "oldestMs"],
] as const;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** A row a measure, a column a size; the last one is the largest against the smallest, within a round. */
export function growthTableOf(rounds: readonly (readonly GrowthRun[])[]): string {
  const sizes = [...new Set(rounds.flat().map(({ size }) => size))].sort((one, other) => one - other);
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)];
  const rows = measures.map(([title, name]) => {
    const at = (runs: readonly GrowthRun[], size: number) =>
      runs.find((run) => run.size === size)?.[name] ?? Number.NaN;
    const cells = sizes.map((size) => median(rounds.map((runs) => at(runs, size))).toFixed(1));
    const ratio = median(rounds.map((runs) => at(runs, largest) / at(runs, smallest)));
    return `| ${[title, ...cells, `${ratio.toFixed(2)}×`].join(" | ")} |`;
  });
  const heads = sizes.map((size) => `${size.toLocaleString("en")} stored`);
  return [
    `| | ${heads.join(" | ")} | largest to smallest |`,
    `| --- | ${sizes.map(() => "---:").join(" | ")} | ---: |`,
    ...rows,
  ].join("\n");
}

/** A row a query that a page made. */
export function examinedTableOf(examined: readonly Examined[]): string {
  return [
    "| stored | page | limit of the query | keys examined | documents examined |",
    "| ---: | --- | ---: | ---: | ---: |",
    ...examined.map(
      ({ size, page, limit, keys, documents }) =>
        `| ${[size.toLocaleString("en"), page, limit, keys, documents].join(" | ")} |`,
    ),
  ].join("\n");
}
