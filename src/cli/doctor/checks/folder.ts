/** DATA_DIR: writable, private, with room left. */
import { access, constants, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../../infra/config.js";
import { codeOf, reasonOf } from "../../../infra/error-facts.js";
import { describeSize } from "../../backup/describe.js";
import { ok, warning, wrong, type Found } from "../finding.js";

const SECRETS = ["jwt-secret", "mongodb.json", "mongodb.key"];
const OTHERS = 0o077;
/** MongoDB stops below some hundred MB; the warning leaves time. */
const SPACE = { warningBytes: 2e9, wrongBytes: 5e8 };

/** @param space - what counts as little; a test cannot fill a disk */
export async function checkFolder({ dataDir }: Pick<Config, "dataDir">, space = SPACE): Promise<Found[]> {
  try {
    if (!(await stat(dataDir)).isDirectory())
      return [wrong(`DATA_DIR=${dataDir} is no folder.`, "Set DATA_DIR to a folder.")];
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [ok(`DATA_DIR=${dataDir} is not there yet; the first start makes it.`)];
    return [
      wrong(
        `DATA_DIR=${dataDir} cannot be written (${reasonOf(error)}).`,
        "Give it to the user that the server runs as (chown, chmod 700).",
      ),
    ];
  }
  return [...(await checkSecrets(dataDir)), await checkSpace(dataDir, space)];
}

async function checkSecrets(dataDir: string): Promise<Found[]> {
  if (process.platform === "win32") return [];
  const found: Found[] = [];
  for (const name of SECRETS) {
    const path = join(dataDir, name);
    const mode = await stat(path).then(
      (file) => file.mode,
      () => 0,
    );
    if ((mode & OTHERS) !== 0) found.push(wrong(`${path} can be read by others on this machine.`, `chmod 600 ${path}`));
  }
  return found.length === 0 ? [ok(`The secrets in ${dataDir} are the server's alone.`)] : found;
}

async function checkSpace(
  dataDir: string,
  { warningBytes, wrongBytes }: { warningBytes: number; wrongBytes: number },
): Promise<Found> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const says = `${describeSize(free)} are free on the disk of DATA_DIR.`;
  const remedy = "Make room, or move DATA_DIR to a larger disk while the server is stopped.";
  if (free < wrongBytes) return wrong(says, remedy);
  return free < warningBytes ? warning(says, remedy) : ok(says);
}
