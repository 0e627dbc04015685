/** What a `mongod` says about itself: asking is also the proof that it runs on this machine. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { reasonOf } from "../../error-facts.js";

export interface MongodBinary {
  readonly path: string;
  /** Such as "7.0.24". */
  readonly version: string;
  /** The first two numbers: data files belong to a series. */
  readonly series: string;
}

const run = promisify(execFile);
const oldestMajor = 6;

/** "7.0.24" is of the series "7.0". */
function seriesOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/**
 * Runs `path --version`.
 *
 * @returns the binary, or one line that says why it cannot be used here
 */
export async function inspectMongod(path: string): Promise<MongodBinary | string> {
  let output: string;
  try {
    output = (await run(path, ["--version"], { timeout: 20_000 })).stdout;
  } catch (error) {
    return `it does not run: ${complaintOf(error)}`;
  }
  const version = /db version v(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined) return "it does not say a MongoDB version";
  if (Number.parseInt(version, 10) < oldestMajor) return `it is ${version}, and ${oldestMajor}.0 or newer is needed`;
  return { path, version, series: seriesOf(version) };
}

/** Of a failed command, the line of its error output that tells most; else the system's own words. */
function complaintOf(error: unknown): string {
  const stderr = typeof error === "object" && error !== null && "stderr" in error ? String(error.stderr).trim() : "";
  if (stderr === "") return reasonOf(error);
  const lines = stderr.split("\n").map((line) => line.trim());
  return lines.find((line) => /^error|could not|cannot|error while/i.test(line)) ?? reasonOf(stderr);
}
