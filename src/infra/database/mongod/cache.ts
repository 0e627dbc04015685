/** The cache folder: each `mongod` ever fetched stays at `<cache>/mongod-<version>/mongod`, for every clone on this machine. */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const executable = process.platform === "win32" ? "mongod.exe" : "mongod";

/** The paths kept, newest version first. */
export async function listCached(cacheDir: string): Promise<string[]> {
  const names = await readdir(cacheDir).catch((): string[] => []);
  return names
    .filter((name) => /^mongod-\d+\.\d+\.\d+$/.test(name))
    .sort((left, right) => right.localeCompare(left, "en", { numeric: true }))
    .map((name) => join(cacheDir, name, executable));
}

/** A folder of one's own beside the kept binaries, so that what is fetched there can be moved in by a rename. */
export async function makeFetchFolder(cacheDir: string): Promise<string> {
  const folder = join(cacheDir, `fetching-${process.pid}-${randomBytes(4).toString("hex")}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Moves a fetched binary to its place. Two processes may do this at once: a rename replaces the file as a whole,
 * and a process that runs the replaced one is not disturbed.
 */
export async function keepInCache(cacheDir: string, version: string, fetched: string): Promise<string> {
  const folder = join(cacheDir, `mongod-${version}`);
  const path = join(folder, executable);
  await mkdir(folder, { recursive: true });
  await rename(fetched, path);
  return path;
}

/** Takes a fetch folder away, whatever is in it. */
export async function removeFetchFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
