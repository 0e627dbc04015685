import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";

interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  packages: Record<string, LockedPackage>;
};
const locked = Object.entries(packages).filter(([path]) => path !== "");

describe("package-lock.json", () => {
  it("names no registry, so that npm ci takes whichever the machine has", () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it("pins every package by version and checksum", () => {
    expect(locked.filter(([, { version, integrity }]) => version === undefined || integrity === undefined)).toEqual([]);
  });

  it("holds the builds of all platforms: npm ci refuses a lock file that lacks one, on every platform", () => {
    const missing = locked.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          packages[`${path}/node_modules/${name}`] === undefined && packages[`node_modules/${name}`] === undefined,
      ),
    );

    expect(missing).toEqual([]);
  });
});
