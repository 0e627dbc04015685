/** What the runs say: a line a scenario, ratios taken within a round, and their median. */
import type { Protocol } from "./load/clients.js";
import type { Summary } from "./load/histogram.js";
import type { PageResult } from "./load/pages.js";
import type { Run } from "./play.js";
import type { BenchScenario } from "./scenarios.js";

export interface Round {
  scenario: BenchScenario;
  runs: Run[];
}

interface Measure {
  scenario: string;
  what: string;
  unit: string;
  value(run: Run): number | null;
  /** what Parlance is to reach: a ratio to the storing baseline, or a figure of its own */
  goal?: { ratio: "at least" | "at most"; than: number } | { most: number };
}

const field = (name: string) => (run: Run) => (run.result[name] as number | undefined) ?? null;
const latency = (name: string, part: "p50" | "p99") => (run: Run) =>
  (run.result[name] as Summary | undefined)?.[part] ?? null;
const page = (name: string) => (run: Run) =>
  (run.result["pages"] as PageResult[] | undefined)?.find((result) => result.name === name)?.perSecond ?? null;
const bothCpus = (run: Run) => {
  const [server, mongod] = [field("serverCpu")(run), field("mongodCpu")(run)];
  return server === null || mongod === null ? null : server + mongod;
};

const atLeast = (than: number) => ({ ratio: "at least" as const, than });
const atMost = (than: number) => ({ ratio: "at most" as const, than });

const measures: readonly Measure[] = [
  { scenario: "S1", what: "messages a second", unit: "", value: field("messages"), goal: atLeast(10) },
  { scenario: "S1", what: "CPU a message, server and mongod", unit: "µs", value: bothCpus, goal: { most: 150 } },
  { scenario: "S1", what: "delivered after, median", unit: "ms", value: latency("delivery", "p50") },
  { scenario: "S1", what: "delivered after, p99", unit: "ms", value: latency("delivery", "p99") },
  { scenario: "S2", what: "messages a second", unit: "", value: field("messages"), goal: atLeast(5) },
  { scenario: "S2", what: "CPU a message, server and mongod", unit: "µs", value: bothCpus, goal: { most: 120 } },
  { scenario: "S2", what: "delivered after, median", unit: "ms", value: latency("delivery", "p50") },
  { scenario: "S2", what: "delivered after, p99", unit: "ms", value: latency("delivery", "p99") },
  {
    scenario: "S3",
    what: "delivered after, median",
    unit: "ms",
    value: latency("delivery", "p50"),
    goal: atMost(1.05),
  },
  { scenario: "S3", what: "delivered after, p99", unit: "ms", value: latency("delivery", "p99") },
  { scenario: "S4", what: "newest pages a second", unit: "", value: page("newest"), goal: atLeast(3) },
  { scenario: "S4", what: "middle pages a second", unit: "", value: page("middle") },
  { scenario: "S4", what: "oldest pages a second", unit: "", value: page("oldest") },
  { scenario: "S5", what: "memory a connection", unit: "KiB", value: field("kibEach"), goal: atMost(1.2) },
  { scenario: "S5", what: "the same before garbage is collected", unit: "KiB", value: field("kibEachRaw") },
  { scenario: "S6", what: "all are back and have all", unit: "ms", value: field("allMs"), goal: atMost(0.5) },
  { scenario: "S6", what: "half of them", unit: "ms", value: field("medianMs") },
];

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

function rounded(value: number | null): string {
  if (value === null) return "–";
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function span(values: readonly number[]): string {
  if (values.length < 2) return "";
  return ` (${rounded(Math.min(...values))} to ${rounded(Math.max(...values))})`;
}

function goalText(goal: Measure["goal"]): string {
  if (goal === undefined) return "";
  return "most" in goal ? `at most ${goal.most}` : `${goal.ratio} ${goal.than}×`;
}

/** A table in Markdown: a row a measure, medians over the rounds, ratios within a round. */
export function tableOf(rounds: readonly Round[]): string {
  const rows = measures.flatMap((measure) => {
    const of = (protocol: Protocol) =>
      rounds.map(({ scenario, runs }) => {
        const run = runs.find((one) => one.protocol === protocol);
        return scenario.name !== measure.scenario || run === undefined ? null : measure.value(run);
      });
    const [parlance, tutorial, bare] = [of("parlance"), of("tutorial"), of("bare")];
    if (known(parlance).length === 0) return [];
    const ratios = known(
      parlance.map((value, index) => {
        const other = tutorial[index] ?? null;
        return value === null || other === null || other === 0 ? null : value / other;
      }),
    );
    const withUnit = (values: readonly (number | null)[]) => {
      const value = median(known(values));
      return value === null ? "–" : `${rounded(value)}${measure.unit === "" ? "" : ` ${measure.unit}`}`;
    };
    const ratio = median(ratios);
    const ratioText = ratio === null ? "–" : `${rounded(ratio)}×${span(ratios)}`;
    const cells = [
      measure.scenario,
      measure.what,
      withUnit(parlance),
      withUnit(tutorial),
      withUnit(bare),
      ratioText,
      goalText(measure.goal),
    ];
    return [`| ${cells.join(" | ")} |`];
  });
  return [
    "| | measured | Parlance | storing baseline | bare Socket.IO | ratio to the storing one | goal |",
    "| --- | --- | ---: | ---: | ---: | ---: | --- |",
    ...rows,
  ].join("\n");
}
