/** Files that a command makes: whole or not at all, and for nobody else to read. */
import { randomBytes } from "node:crypto";
import { access, open, rename, rm } from "node:fs/promises";
import { codeOf, reasonOf } from "../infra/error-facts.js";
import { CommandError } from "./cli.js";

/** @throws CommandError when the file is there already */
export async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new CommandError(`${path} is there already. Choose another name, or replace it with --force.`);
}

/**
 * Makes `path` (mode 0600), replacing what is there. Until all is written and on the disk it has a name of its own that ends in
 * `.part`, so that of two that make the same file at once neither gets half of the other's; after a failure there is nothing new.
 *
 * @returns its size in bytes
 * @throws CommandError for what the file system refuses; whatever `produce` throws
 */
export async function writeWhole(
  path: string,
  produce: (write: (bytes: string | Uint8Array) => Promise<void>) => Promise<void>,
): Promise<number> {
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  try {
    const file = await open(part, "wx", 0o600);
    try {
      await produce((bytes) => file.writeFile(bytes));
      await file.sync();
      const { size } = await file.stat();
      await rename(part, path);
      return size;
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined); // the folder may be what is missing
    throw explain(path, error);
  }
}

/** The file system's complaints; everything else is somebody else's to explain. */
function explain(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new CommandError(`There is no room left for ${path}. Nothing was written; choose another disk.`);
  const isFileSystems = typeof error === "object" && error !== null && "syscall" in error && "path" in error;
  return isFileSystems ? new CommandError(`${path} cannot be written (${reasonOf(error)}).`) : error;
}
