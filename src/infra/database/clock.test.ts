import { describe, expect, it } from "@jest/globals";
import { createLogger } from "../logger.js";
import { watchClock } from "./clock.js";

function clockThatIsBehindBy(readings: (number | Error)[], roundTripMs = 0) {
  const messages: string[] = [];
  let ours = 1_000_000;
  const clock = watchClock({
    now: () => ours,
    async primaryTime() {
      const difference = readings.shift() ?? 0;
      if (difference instanceof Error) throw difference;
      const theirs = ours + roundTripMs / 2 + difference;
      ours += roundTripMs;
      return theirs;
    },
    log: createLogger("info", { write: (line) => void messages.push(JSON.parse(line).msg) }),
  });
  return { clock, messages };
}

describe("the clock", () => {
  it("[G5] leaves a difference of up to 2 s alone, and uses a larger one", async () => {
    const { clock } = clockThatIsBehindBy([2_000, 2_001, -5_000, 500]);
    const seen: number[] = [];

    for (let index = 0; index < 4; index += 1) {
      await clock.compare();
      seen.push(clock.offsetMs());
    }

    expect(seen).toEqual([0, 2_001, -5_000, 0]);
  });

  it("[G5] takes half of the round trip into account", async () => {
    const { clock } = clockThatIsBehindBy([4_000], 3_000);

    await clock.compare();

    expect(clock.offsetMs()).toBe(4_000);
  });

  it("[G5] is skewed beyond 30 s until it settles, and says each change once", async () => {
    const { clock, messages } = clockThatIsBehindBy([3_000, 3_100, 30_000, 30_001, 90_000, 0, 0]);
    const seen: boolean[] = [];

    for (let index = 0; index < 7; index += 1) {
      await clock.compare();
      seen.push(clock.skewed());
    }

    expect(seen).toEqual([false, false, false, true, true, false, false]);
    expect(messages).toEqual([
      "this machine's clock differs from the primary's, whose time is used",
      "this machine's clock and the primary's differ widely; set one of them right",
      "this machine's clock and the primary's agree again",
    ]);
  });

  it("[G5] keeps the last comparison while the database is away", async () => {
    const { clock } = clockThatIsBehindBy([5_000, new Error("away")]);

    await clock.compare();
    await clock.compare();

    expect(clock.offsetMs()).toBe(5_000);
  });
});
