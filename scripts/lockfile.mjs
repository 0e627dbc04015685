/**
 * The lockfile: whole, so that `npm ci` takes it on every platform, and free of download addresses, which would be those of
 * whoever wrote it. An npm that changes one package sometimes leaves the entries of other platforms without a version.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {{ version?: string, link?: boolean, resolved?: string, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} Package
 */

/**
 * The entry that `name` means for the package at `path`: in its own node_modules, or the nearest one above.
 *
 * @param {Record<string, Package>} packages
 * @param {string} path
 * @param {string} name
 */
function findEntry(packages, path, name) {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf("/node_modules/"))) {
    const found = packages[`${at === "" ? "" : `${at}/`}node_modules/${name}`];
    if (found !== undefined) return found;
    if (!at.includes("/node_modules/")) return packages[`node_modules/${name}`];
  }
}

/**
 * @param {{ packages: Record<string, Package> }} lock - package-lock.json, version 3
 * @returns {string[]} a line for each fault
 */
export function findLockFaults({ packages }) {
  const faults = [];
  for (const [path, { version, link, resolved, dependencies, optionalDependencies }] of Object.entries(packages)) {
    if (path !== "" && link !== true && version === undefined) faults.push(`${path} has no version`);
    if (resolved !== undefined) faults.push(`${path} records where it was downloaded from`);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (findEntry(packages, path, name)?.version === undefined)
        faults.push(`${path || "the project"} wants ${name}, which is missing`);
    }
  }
  return faults;
}

/** @param {string} root */
export const readLock = (root) => JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
