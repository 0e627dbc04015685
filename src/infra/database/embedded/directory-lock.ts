/** One server a data directory: whoever holds `server.lock` may touch what is in it. */
import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DatabaseError } from "../errors.js";
import { isAlive, startMark } from "./processes.js";
import { codeOf, reasonOf } from "../../error-facts.js";

export interface DirectoryLock {
  /** Says where this server can be reached, so that a second one can tell. */
  announce(url: string): Promise<void>;
  /** Gives the directory free; calling it again does nothing. */
  release(): Promise<void>;
}

const FILE = "server.lock";
const holderSchema = z.object({
  pid: z.number().int().positive(),
  startMark: z.string().nullable(),
  url: z.string().nullable(),
  /** what an admin command calls itself; null: a server */
  command: z.string().nullable().default(null),
});
export type Holder = z.infer<typeof holderSchema>;

/**
 * Takes the lock, also from a holder that ended without giving it back. A process id alone does not tell: ids are
 * used again, so the moment of the holder's start is compared as well.
 *
 * @param command - what takes it when that is no server
 * @throws DatabaseError that names the holder, having changed nothing
 */
export async function lockDirectory(
  dataDir: string,
  url: string | null,
  command: string | null = null,
): Promise<DirectoryLock> {
  const path = join(dataDir, FILE);
  const mine: Holder = { pid: process.pid, startMark: await startMark(process.pid), url, command };
  while (!(await create(path, mine))) {
    const text = await readFile(path, "utf8").catch(() => null);
    if (text === null) continue; // given back in the meantime
    const holder = parseHolder(text);
    if (holder !== null && (await stillRuns(holder))) throw new DatabaseError(occupied(dataDir, holder, command));
    await removeStale(path, text);
  }
  let held = true;
  return {
    async announce(address) {
      if (!held) return;
      const scratch = scratchOf(path);
      await writeFile(scratch, JSON.stringify({ ...mine, url: address }), { mode: 0o600 });
      await rename(scratch, path);
    },
    async release() {
      if (held) await rm(path, { force: true });
      held = false;
    },
  };
}

/** Who holds the lock now; null when nobody does, or whoever did is gone. */
export async function readHolder(dataDir: string): Promise<Holder | null> {
  const text = await readFile(join(dataDir, FILE), "utf8").catch(() => null);
  const holder = text === null ? null : parseHolder(text);
  return holder !== null && (await stillRuns(holder)) ? holder : null;
}

/** A lock is written aside and then given its name: half of one would look as if a crash had cut it off. */
const scratchOf = (path: string) => `${path}.${randomBytes(4).toString("hex")}`;

async function create(path: string, holder: Holder): Promise<boolean> {
  const scratch = scratchOf(path);
  try {
    await writeFile(scratch, JSON.stringify(holder), { flag: "wx", mode: 0o600 });
    await link(scratch, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new DatabaseError(`DATA_DIR cannot be written (${reasonOf(error)}). Set it to a folder that can.`);
  } finally {
    await rm(scratch, { force: true });
  }
}

function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null; // cut off by a crash while it was written
  }
}

async function stillRuns(holder: Holder): Promise<boolean> {
  return isAlive(holder.pid) && (holder.startMark === null || (await startMark(holder.pid)) === holder.startMark);
}

/** Moved aside before it is deleted: of two servers that found the same stale lock, one alone gets to move it. */
async function removeStale(path: string, seen: string): Promise<void> {
  const aside = scratchOf(path);
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  // Should the other one have taken the lock between our look and our move, it gets its lock back.
  if ((await readFile(aside, "utf8").catch(() => seen)) === seen) await rm(aside, { force: true });
  else await rename(aside, path);
}

function occupied(dataDir: string, { pid, url, command: theirs }: Holder, command: string | null): string {
  if (theirs !== null) return `The command ${theirs} works on ${dataDir}: process ${pid}. Wait until it is done.`;
  const where = url === null ? "" : ` at ${url}`;
  const running = `Parlance already runs on ${dataDir}: process ${pid}${where}.`;
  if (command !== null) return `${running} Stop it first: ${command} needs the data to itself.`;
  return `${running} Stop it first, or set DATA_DIR to another folder.`;
}
