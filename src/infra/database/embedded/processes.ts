/** Asks the operating system about processes that are not ours by birth: an earlier server, its orphaned mongod. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { codeOf } from "../../error-facts.js";

const run = promisify(execFile);

/** Whether a process of this id exists, be it ours to signal or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** The field of `ps` for a process, or null where it cannot be had. */
async function ps(pid: number, field: string): Promise<string | null> {
  const answer = await run("ps", ["-ww", "-o", `${field}=`, "-p", String(pid)]).catch(() => null);
  return answer?.stdout.trim() || null;
}

/**
 * Something that tells this process from a later one with the same id: when it started. Null where the system
 * does not say; only equality means anything.
 */
export async function startMark(pid: number): Promise<string | null> {
  if (process.platform !== "linux") return ps(pid, "lstart");
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, "utf8").catch(() => null),
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
  ]);
  // The second field is the command in parentheses and may hold spaces; the 22nd is the start in clock ticks.
  const ticks = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return ticks === undefined ? null : `${boot.trim()}/${ticks}`;
}

/** The arguments of a process; empty when it has ended or the system does not say. */
export async function commandLine(pid: number): Promise<string[]> {
  if (process.platform === "linux") {
    const raw = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return raw.split("\0").filter((part) => part !== "");
  }
  return (await ps(pid, "args"))?.split(" ") ?? [];
}

/**
 * Ends a process: SIGTERM, and SIGKILL when it has not gone by then. A mongod loses nothing by either.
 *
 * @returns once it is gone
 */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  const killAt = Date.now() + graceMs;
  signal(pid, "SIGTERM");
  while (isAlive(pid)) {
    if (Date.now() > killAt) signal(pid, "SIGKILL");
    // A process that is not our child tells nobody when it ends; it can only be looked at.
    await delay(50);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}
