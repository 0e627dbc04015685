import { describe, expect, it } from "@jest/globals";
import { runCommand, type CommandLimits } from "./run-command.js";

const patient = { silenceMs: 60_000, totalMs: 60_000 };
const runScript = (
  code: string,
  limits: CommandLimits,
  onLine: (line: string) => void,
  isAlive?: () => Promise<boolean>,
) => runCommand(process.execPath, ["-e", code], limits, onLine, isAlive);

describe("running a command that reports as it goes", () => {
  it("hands on each line of both outputs", async () => {
    const lines: string[] = [];

    await runScript('console.log("one\\n\\ntwo"); console.error("three")', patient, (line) => lines.push(line));

    expect(lines.sort()).toEqual(["one", "three", "two"]);
  });

  it("fails with the command's own words about the error", async () => {
    const run = runScript('console.error("ERROR: no such package\\nsee the log"); process.exit(3)', patient, () => {});

    await expect(run).rejects.toThrow("ERROR: no such package");
  });

  it("fails when there is no such command", async () => {
    await expect(runCommand("/nowhere/pip", [], patient, () => {})).rejects.toThrow(/ENOENT/);
  });

  it("ends one that falls silent", async () => {
    const run = runScript("setInterval(() => {}, 1000)", { ...patient, silenceMs: 100 }, () => {});

    await expect(run).rejects.toThrow("no progress for 0.1 s");
  });

  it("gives a silent one that is alive more time, up to the total", async () => {
    let asked = 0;
    const alive = () => Promise.resolve((asked += 1) > 0);

    const run = runScript("setInterval(() => {}, 1000)", { silenceMs: 50, totalMs: 500 }, () => {}, alive);

    await expect(run).rejects.toThrow("not done after 0.5 s");
    expect(asked).toBeGreaterThan(2);
  });
});
