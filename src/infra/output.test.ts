import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { openOutput } from "./output.js";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parlance-output-"));
});
afterAll(() => rm(dataDir, { recursive: true }));

function open(terminal: boolean) {
  const out: string[] = [];
  const err: string[] = [];
  const output = openOutput({
    config: { dataDir, logLevel: "info" },
    terminal,
    stdout: (text) => void out.push(text),
    stderr: (text) => void err.push(text),
  });
  return { ...output, out, err };
}

describe("output", () => {
  it("shows a person plain lines and warnings at a terminal, and keeps the JSON log in the data directory", async () => {
    const { log, say, out, err } = open(true);

    log.info({ say: true }, "Starting MongoDB.");
    log.info("entries appended");
    log.warn({ err: new Error("gone") }, "the database is away");
    say("Parlance is ready");

    expect(out).toEqual(["Starting MongoDB.\n", "warn: the database is away (gone)\n", "Parlance is ready\n"]);
    expect(err).toEqual([]);
    const kept = await readFile(join(dataDir, "server.log"), "utf8");
    expect(
      kept
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).msg),
    ).toEqual(["Starting MongoDB.", "entries appended", "the database is away"]);
  });

  it("gives a collector nothing but JSON on standard output, and the plain lines on the other one", async () => {
    const { log, say, out, err } = open(false);

    log.info({ say: true }, "Starting MongoDB.");
    say("Parlance is ready");
    await setImmediate();

    expect(out.map((line) => JSON.parse(line).msg)).toEqual(["Starting MongoDB."]);
    expect(err).toEqual(["Parlance is ready\n"]);
  });

  it("gives a collector the lines of one turn in one write, in order, and a fatal one at once", async () => {
    const { log, out } = open(false);

    log.info("one");
    log.info("two");
    expect(out).toEqual([]);
    await setImmediate();
    log.info("three");
    log.fatal("four");

    const lines = out.map((text) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { msg: string }).msg),
    );
    expect(lines).toEqual([
      ["one", "two"],
      ["three", "four"],
    ]);
  });

  it("loses no line when the process ends", async () => {
    const { log, out } = open(false);
    const [onExit] = process.listeners("exit").slice(-1);

    log.info("last words");
    onExit?.call(process, 0);

    expect(out).toHaveLength(1);
    expect(out[0]).toContain("last words");
  });
});
