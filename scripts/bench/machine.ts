/** What the machine tells of processes: CPU time and memory, and whether it is quiet. Linux only; elsewhere it is not known. */
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const QUIET_SHARE = 0.1;
const QUIET_WAIT_MAX_MS = 10_000;

/** Seconds of CPU that the process has used since its start. */
export async function cpuSeconds(pid: number): Promise<number> {
  // The name of the program stands in brackets and may hold anything.
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** KiB of memory that the process holds now. */
export async function residentKib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
}

/** Ticks that all processors were busy, and all ticks, since the machine's start. */
async function processorTicks(): Promise<{ busy: number; all: number }> {
  const fields =
    (await readFile("/proc/stat", "utf8")).split("\n")[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
  const all = fields.reduce((sum, value) => sum + value, 0);
  const [, , , idle = 0, waiting = 0] = fields;
  return { busy: all - idle - waiting, all };
}

/** Waits for a second in which little else runs. @returns whether there was one within ten seconds */
export async function quietSecond(): Promise<boolean> {
  const giveUpAt = Date.now() + QUIET_WAIT_MAX_MS;
  do {
    const before = await processorTicks();
    await wait(1_000);
    const after = await processorTicks();
    if (after.busy - before.busy <= QUIET_SHARE * (after.all - before.all)) return true;
  } while (Date.now() < giveUpAt);
  return false;
}
