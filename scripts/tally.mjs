/** The tally: what the tools' reports add up to, told in one last line. What left no report has failed. */

/** @typedef {{ passed: number, failed: number }} Tally */

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  return tallies.reduce(
    (total, { passed, failed }) => ({ passed: total.passed + passed, failed: total.failed + failed }),
    { passed: 0, failed: 0 },
  );
}

/** The line that every run ends with. */
export function lastLine(/** @type {Tally} */ { passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}

/** A tool that says it failed has failed at least once, whatever its report counts. */
function atLeastOne(/** @type {Tally} */ tally, /** @type {number} */ exitCode) {
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/**
 * Failed tests, and suites that did not run at all: a file that does not compile holds no test that could fail.
 *
 * @param {unknown} report - jest's --json; null when it left none
 * @param {number} exitCode
 * @returns {Tally}
 */
export function tallyJest(report, exitCode) {
  const counts = numbers(report, ["numPassedTests", "numFailedTests", "numRuntimeErrorTestSuites"]);
  if (counts === null) return { passed: 0, failed: 1 };
  const [passed, failedTests, brokenSuites] = counts;
  if (passed + failedTests + brokenSuites === 0) return { passed: 0, failed: 1 };
  return atLeastOne({ passed, failed: failedTests + brokenSuites }, exitCode);
}

/**
 * A flaky test has failed once, and counts as failed; an error outside any test (a file that does not load, a server that
 * does not start) counts as well.
 *
 * @param {unknown} report - Playwright's JSON report; null when it left none
 * @param {number} exitCode
 * @returns {Tally}
 */
export function tallyPlaywright(report, exitCode) {
  const { stats, errors } = /** @type {{ stats?: unknown, errors?: unknown }} */ (report ?? {});
  const counts = numbers(stats, ["expected", "unexpected", "flaky"]);
  if (counts === null) return { passed: 0, failed: 1 };
  const [expected, unexpected, flaky] = counts;
  const outside = Array.isArray(errors) ? errors.length : 0;
  if (expected + unexpected + flaky + outside === 0) return { passed: 0, failed: 1 };
  return atLeastOne({ passed: expected, failed: unexpected + flaky + outside }, exitCode);
}

/** @returns {[number, number, number] | null} null unless every one of them is a number */
function numbers(/** @type {unknown} */ source, /** @type {readonly [string, string, string]} */ names) {
  if (typeof source !== "object" || source === null) return null;
  const found = names.map((name) => /** @type {Record<string, unknown>} */ (source)[name]);
  const [first, second, third] = found;
  if (typeof first !== "number" || typeof second !== "number" || typeof third !== "number") return null;
  return [first, second, third];
}
