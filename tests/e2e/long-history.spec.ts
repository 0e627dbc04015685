/**
 * The real words of an IRC channel, imported and scrolled through from the newest to the oldest and back. `PARLANCE_IRC_FOLDER` names
 * a folder of more logs than the few days kept here; what was measured is then printed.
 */
import { resolve } from "node:path";
import { expect, test } from "./support/fixtures.js";
import { importLogs } from "./support/imported.js";
import { percentile, scrollThrough, usedHeap, type Passage } from "./support/long-scroll.js";
import { logIn, roomLink, row, timeline } from "./support/page.js";
import { runServer } from "./support/server.js";

const FOLDER = resolve(process.env["PARLANCE_IRC_FOLDER"] ?? "tests/data/ubuntu-irc");
const STEP_PX = 480;
const MB = 1024 * 1024;

function tell(name: string, passage: Passage, heap: number): void {
  const { steps, swallowed, farthest, jumps, mostRows, messages, frames, ms } = passage;
  const [half, most] = [percentile(frames, 0.5), percentile(frames, 0.95)].map((value) => value.toFixed(1));
  console.log(
    `${name}: ${steps} steps (${swallowed} taken back) in ${(ms / 1_000).toFixed(0)} s, ${messages} messages drawn, at most ${mostRows} rows in the page, ` +
      `frames p50 ${half} p95 ${most} ms, ${jumps} jumps (farthest ${farthest.toFixed(2)} px), heap ${(heap / MB).toFixed(1)} MB`,
  );
}

test("a long past is scrolled through to its beginning and back: nothing jumps, and the page stays small", async ({
  visitor,
}) => {
  test.setTimeout(process.env["PARLANCE_IRC_FOLDER"] === undefined ? 240_000 : 3_600_000);
  const owner = { username: "ines", name: "Ines Okafor" };
  let summary = "";
  const server = await runServer("imported", async (dataDir) => {
    summary = await importLogs(dataDir, { folder: FOLDER, room: "ubuntu", topic: "#ubuntu as it was", owner });
  });
  try {
    const page = await visitor();
    await page.goto(server.url);
    await logIn(page, owner.username);
    await roomLink(page, "ubuntu").click();
    await expect(timeline(page)).toBeVisible();
    await expect.poll(async () => (await timeline(page).getByRole("article").count()) > 10).toBe(true);
    const atStart = await usedHeap(page);
    console.log(`${summary.trim()}\nat the start: heap ${(atStart / MB).toFixed(1)} MB`);

    const up = await scrollThrough(page, "up", STEP_PX);
    await expect(row(page, "Ines Okafor made this room")).toBeInViewport();
    const atTop = await usedHeap(page);
    tell("up", up, atTop);
    const down = await scrollThrough(page, "down", STEP_PX);
    const atEnd = await usedHeap(page);

    tell("down", down, atEnd);
    const messages = Number(/([\d,]+) messages?,/.exec(summary)?.[1]?.replaceAll(",", ""));
    expect(messages).toBeGreaterThan(3_000);
    for (const { messages: drawn, jumps, farthest, mostRows } of [up, down]) {
      expect(drawn).toBe(messages);
      expect(jumps, `the farthest by ${farthest} px`).toBe(0);
      expect(mostRows).toBeLessThanOrEqual(60);
    }
    // Names of those who spoke stay, and code that was compiled; rows do not.
    expect(Math.max(atTop, atEnd) - atStart).toBeLessThan(30 * MB);
    await expect(page.getByRole("button", { name: "Jump to latest" })).toBeHidden();
    // The page is left before its server goes.
    await page.goto("about:blank");
  } finally {
    await server.remove();
  }
});
