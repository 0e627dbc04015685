import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";

let clone: string;
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), "parlance-steps-"));
  await cp("scripts", join(clone, "scripts"), { recursive: true });
  await cp(".ci", join(clone, ".ci"), { recursive: true });
});
afterAll(() => rm(clone, { recursive: true }));

/** A command of the clone made of the given steps, and what it ends with. */
async function runSteps(steps: string): Promise<{ last: string; code: number | null; tally: string }> {
  const file = join(clone, "scripts/trial.mjs");
  await writeFile(file, `import { runSteps } from "./steps.mjs"; await runSteps("trial", [${steps}]);`);
  const { last, code } = await lastLineOf(process.execPath, [file]);
  return { last, code, tally: await readFile(join(clone, "reports/trial.tally"), "utf8") };
}

function lastLineOf(
  command: string,
  args: string[],
  env = process.env,
): Promise<{ last: string; code: number | null }> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd: clone, env }, (_error, stdout) =>
      resolve({ last: stdout.trimEnd().split("\n").at(-1) ?? "", code: child.exitCode }),
    );
  });
}

const step = (name: string, body: string) => `{ name: ${JSON.stringify(name)}, async run() { ${body} } },`;
const passed = (count: number) => `return { passed: ${count}, failed: 0 };`;

describe("the steps of a command", () => {
  it("end with their tally, and with 0 only when nothing failed", async () => {
    expect(await runSteps(step("a", passed(2)) + step("b", passed(3)))).toEqual({
      last: "5 passed, 0 failed",
      code: 0,
      tally: "5 0\n",
    });
    expect(await runSteps(step("a", "return { passed: 2, failed: 1 };"))).toMatchObject({
      last: "2 passed, 1 failed",
      code: 1,
    });
  });

  it("go on after one that threw, which counts as a failure", async () => {
    const outcome = await runSteps(step("a", 'throw new Error("no");') + step("b", passed(3)));

    expect(outcome).toEqual({ last: "3 passed, 1 failed", code: 1, tally: "3 1\n" });
  });

  it("print the last line when the process dies in between: what was not come to has failed", async () => {
    const outcome = await runSteps(step("a", passed(2)) + step("b", "process.exit(7);") + step("c", passed(1)));

    expect(outcome).toEqual({ last: "2 passed, 2 failed", code: 7, tally: "2 2\n" });
  });

  it("print the last line when they are told to stop", async () => {
    const file = join(clone, "scripts/stopped.mjs");
    const hang = step("b", 'console.log("hanging"); await new Promise(() => setInterval(() => {}, 1000));');
    await writeFile(
      file,
      `import { runSteps } from "./steps.mjs"; await runSteps("trial", [${step("a", passed(2)) + hang}]);`,
    );
    const child = spawn(process.execPath, [file], { cwd: clone, stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("hanging")) child.kill("SIGTERM");
    });

    const [code] = await once(child, "close");

    expect(output.trimEnd().split("\n").at(-1)).toBe("2 passed, 1 failed");
    expect(code).not.toBe(0);
  });
});

describe(".ci/run", () => {
  /** An npm that does what `npm test`, `npm run check` and `npm run bench` would leave behind. */
  async function withNpm(program: string): Promise<{ last: string; code: number | null }> {
    const bin = join(clone, "bin");
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, "npm"), `#!/bin/sh\nmkdir -p reports\n${program}\n`, { mode: 0o755 });
    await writeFile(join(bin, "chromium"), "#!/bin/sh\n", { mode: 0o755 });
    return lastLineOf("bash", [join(clone, ".ci/run")], { ...process.env, PATH: `${bin}:${process.env["PATH"]}` });
  }
  const all = (tests: string, checks: string, bench = 'echo "1 0" >reports/bench.tally') =>
    `case "$1 $2" in "test ") ${tests};; "run check") ${checks};; "run bench") ${bench};; esac`;

  it("adds up tests, checks and the bench", async () => {
    const outcome = await withNpm(all('echo "40 0" >reports/tests.tally', 'echo "6 0" >reports/checks.tally'));

    expect(outcome).toEqual({ last: "47 passed, 0 failed", code: 0 });
  });

  it("fails with what failed", async () => {
    const outcome = await withNpm(
      all('echo "40 2" >reports/tests.tally; exit 1', 'echo "6 1" >reports/checks.tally; exit 1'),
    );

    expect(outcome).toEqual({ last: "47 passed, 3 failed", code: 1 });
  });

  it("counts a step that died without a tally as one failure, and ends with the last line all the same", async () => {
    const outcome = await withNpm(all("kill -9 $$", 'echo "6 0" >reports/checks.tally'));

    expect(outcome).toEqual({ last: "7 passed, 1 failed", code: 1 });
  });

  it("prints the last line when it is told to stop itself", async () => {
    const outcome = await withNpm(all('echo "40 0" >reports/tests.tally; kill -TERM $PPID; sleep 1', "true"));

    expect(outcome.last).toBe("40 passed, 2 failed");
    expect(outcome.code).toBe(1);
  });
});
