import { describe, expect, it } from "@jest/globals";
import { lastLine, sum, tallyJest, tallyPlaywright } from "./tally.mjs";

const jest = (numPassedTests: number, numFailedTests: number, numRuntimeErrorTestSuites: number) => ({
  numPassedTests,
  numFailedTests,
  numRuntimeErrorTestSuites,
});
const playwright = (expected: number, unexpected: number, flaky: number, errors: unknown[] = []) => ({
  stats: { expected, unexpected, flaky, skipped: 0 },
  errors,
});

describe("the tally of jest", () => {
  it("counts failed tests, and suites that did not compile", () => {
    expect(tallyJest(jest(10, 0, 0), 0)).toEqual({ passed: 10, failed: 0 });
    expect(tallyJest(jest(10, 2, 1), 1)).toEqual({ passed: 10, failed: 3 });
  });

  it("counts one failure when there is no report, an unreadable one, or not a single test", () => {
    expect(tallyJest(null, 0)).toEqual({ passed: 0, failed: 1 });
    expect(tallyJest({}, 0)).toEqual({ passed: 0, failed: 1 });
    expect(tallyJest(jest(0, 0, 0), 0)).toEqual({ passed: 0, failed: 1 });
  });

  it("believes the exit code when the report knows of no failure", () => {
    expect(tallyJest(jest(10, 0, 0), 1)).toEqual({ passed: 10, failed: 1 });
  });
});

describe("the tally of Playwright", () => {
  it("counts what failed even once, and errors outside any test", () => {
    expect(tallyPlaywright(playwright(5, 0, 0), 0)).toEqual({ passed: 5, failed: 0 });
    expect(tallyPlaywright(playwright(5, 1, 1, [{ message: "no server" }]), 1)).toEqual({ passed: 5, failed: 3 });
  });

  it("counts one failure when there is no report, not a single test, or a bad exit code alone", () => {
    expect(tallyPlaywright(null, 1)).toEqual({ passed: 0, failed: 1 });
    expect(tallyPlaywright({ errors: [] }, 0)).toEqual({ passed: 0, failed: 1 });
    expect(tallyPlaywright(playwright(0, 0, 0), 0)).toEqual({ passed: 0, failed: 1 });
    expect(tallyPlaywright(playwright(5, 0, 0), 1)).toEqual({ passed: 5, failed: 1 });
  });
});

describe("the last line", () => {
  it("adds all tallies up", () => {
    const total = sum([
      { passed: 3, failed: 0 },
      { passed: 4, failed: 2 },
    ]);

    expect(lastLine(total)).toBe("7 passed, 2 failed");
  });
});
