import { describe, expect, it } from "@jest/globals";
import type { Protocol } from "./load/clients.js";
import { createHistogram } from "./load/histogram.js";
import { faultsOf } from "./faults.js";
import { tableOf, type Round } from "./report.js";
import { scenarios } from "./scenarios.js";

const [s1] = scenarios;

function round(messages: Partial<Record<Protocol, number>>): Round {
  if (s1 === undefined) throw new Error("There is no scenario.");
  const runs = Object.entries(messages).map(([protocol, value]) => ({
    protocol: protocol as Protocol,
    quiet: true,
    result: { messages: value, serverCpu: 100, mongodCpu: 40 },
    faults: [],
  }));
  return { scenario: s1, runs };
}

describe("the report of a bench", () => {
  it("takes ratios within a round, and of them the median", () => {
    const table = tableOf([
      round({ tutorial: 100, parlance: 1_000 }),
      round({ tutorial: 10, parlance: 300 }),
      round({ tutorial: 50, parlance: 550 }),
    ]);

    expect(table).toContain("| S1 | messages a second | 550 | 50.0 | – | 11.0× (10.0 to 30.0) | at least 10× |");
    expect(table).toContain("| S1 | CPU a message, server and mongod | 140 µs |");
  });

  it("leaves out what was not measured", () => {
    expect(tableOf([round({ parlance: 5 })])).not.toContain("S2");
  });
});

describe("the faults of a run", () => {
  const faults = { failed: 0, lost: 0, unanswered: 0, disordered: 0 };

  it.each<[string, Record<string, unknown>, string[]]>([
    ["none", { faults, closed: 0 }, []],
    ["a lost delivery", { faults: { ...faults, lost: 3 } }, ["3 lost"]],
    ["a delivery that came twice", { faults: { ...faults, lost: -1 } }, ["-1 lost"]],
    ["another order", { faults: { ...faults, disordered: 2 } }, ["2 disordered"]],
    ["a closed socket", { faults, closed: 1 }, ["1 sockets closed"]],
    ["a short page", { pages: [{ name: "oldest", bad: 4 }] }, ["4 bad pages (oldest)"]],
    ["somebody who missed something", { exact: 499, sockets: 500 }, ["499 of 500 got exactly what they missed"]],
  ])("tell of %s", (_name, result, expected) => {
    expect(faultsOf(result)).toEqual(expected);
  });
});

it("a histogram tells its quantiles within a per cent", () => {
  const histogram = createHistogram();

  for (let ms = 1; ms <= 1_000; ms++) histogram.add(ms);

  const { n, p50, p95, p99, max } = histogram.summary();
  expect([n, max]).toEqual([1_000, 1_000]);
  for (const [value, wanted] of [
    [p50, 500],
    [p95, 950],
    [p99, 990],
  ] as const) {
    expect(Math.abs((value ?? 0) / wanted - 1)).toBeLessThan(0.011);
  }
});
