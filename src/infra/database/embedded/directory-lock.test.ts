import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseError } from "../errors.js";
import { lockDirectory } from "./directory-lock.js";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parlance-lock-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const lockFile = () => join(dataDir, "server.lock");

describe("one server a data directory", () => {
  it("refuses the second one in a line that names the first, and changes nothing", async () => {
    const first = await lockDirectory(dataDir, null);
    await first.announce("http://127.0.0.1:3000");
    const before = await readFile(lockFile(), "utf8");

    const second = lockDirectory(dataDir, "http://127.0.0.1:4000");

    await expect(second).rejects.toEqual(
      new DatabaseError(
        `Parlance already runs on ${dataDir}: process ${process.pid} at http://127.0.0.1:3000. Stop it first, or set DATA_DIR to another folder.`,
      ),
    );
    expect(await readdir(dataDir)).toEqual(["server.lock"]);
    expect(await readFile(lockFile(), "utf8")).toBe(before);
  });

  it("is free again after the release, which may be repeated", async () => {
    const first = await lockDirectory(dataDir, null);

    await first.release();
    const second = await lockDirectory(dataDir, null);
    await first.release();

    await expect(lockDirectory(dataDir, null)).rejects.toBeInstanceOf(DatabaseError);
    await second.release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it.each([
    ["of a process that is gone", JSON.stringify({ pid: 2 ** 22 + 1, startMark: "x", url: null })],
    [
      "whose process id belongs to another process by now",
      JSON.stringify({ pid: process.pid, startMark: "earlier", url: null }),
    ],
    ["that a crash cut off", '{"pid":'],
  ])("takes over a lock %s", async (_what, content) => {
    await writeFile(lockFile(), content);

    const lock = await lockDirectory(dataDir, null);

    expect(JSON.parse(await readFile(lockFile(), "utf8"))).toMatchObject({ pid: process.pid });
    expect(await readdir(dataDir)).toEqual(["server.lock"]);
    await lock.release();
  });

  it("is never seen half written, which would look like one that a crash cut off", async () => {
    const seen = new Set<string>();
    let going = true;
    const looking = (async () => {
      while (going) seen.add(await readFile(lockFile(), "utf8").catch(() => "{}"));
    })();

    for (let round = 0; round < 300; round++) {
      const lock = await lockDirectory(dataDir, null);
      await lock.announce("http://127.0.0.1:3000");
      await lock.release();
    }
    going = false;
    await looking;

    expect([...seen].filter((text) => !text.endsWith("}"))).toEqual([]);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it("lets one of many have a stale lock that they find at once", async () => {
    await writeFile(lockFile(), JSON.stringify({ pid: 2 ** 22 + 1, startMark: "x", url: null }));

    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => lockDirectory(dataDir, null)));

    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(["server.lock"]);
  });
});
