/** Every command of examples/curl.md, pasted block after block into one bash, answers what the page says. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { startTestServer } from "../support/server.js";

const page = join(import.meta.dirname, "../../examples/curl.md");

interface Block {
  commands: string;
  /** statuses in the order of the calls */
  statuses: string[];
  /** what else the answers are said to hold */
  words: string[];
}

/** Each block of commands, with what the paragraph that begins with "Answers" below it claims. */
function blocksOf(text: string): Block[] {
  return [...text.matchAll(/```sh\n(.*?)```\n([^`]*?Answers .*?\n\n|)/gs)].map(([, commands = "", claim = ""]) => {
    // What is in the first sentence, or the first two joined by a colon, are the answers; the rest is advice.
    const told = claim.split(/\. /, 1)[0] ?? "";
    const quoted = [...told.matchAll(/`([^`]+)`/g)].map(([, quote = ""]) => quote);
    const isStatus = (quote: string) => /^\d{3}$/.test(quote);
    return { commands, statuses: quoted.filter(isStatus), words: quoted.filter((quote) => !isStatus(quote)) };
  });
}

it("examples/curl.md answers what it says, from registering to logging out", async () => {
  const server = await startTestServer();
  const blocks = blocksOf(`${await readFile(page, "utf8")}\n\n`);
  // The real curl, which says besides what status it got.
  const shim = String.raw`curl() { command curl -w '%{stderr}STATUS %{http_code}\n' "$@"; }`;
  const script = blocks.map(({ commands }) => `echo BLOCK; echo BLOCK >&2\n${commands}`).join("\n");

  const { stdout, stderr } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", `${shim}\n${script}`], {
    env: { ...process.env, PARLANCE_URL: server.url },
  });

  const outputs = stdout.split("BLOCK\n").slice(1);
  const statuses = stderr
    .split("BLOCK\n")
    .slice(1)
    .map((said) => [...said.matchAll(/STATUS (\d+)/g)].map(([, status]) => status));
  expect(statuses).toEqual(blocks.map((block) => block.statuses));
  for (const [index, { words }] of blocks.entries()) for (const word of words) expect(outputs[index]).toContain(word);
  // The page shows something: that nothing was claimed would pass as well.
  expect(statuses.flat().length).toBeGreaterThan(15);
});
