/**
 * The pictures of a room with an imported past, in docs/screens. How to run it: screens.config.ts; `PARLANCE_IRC_FOLDER` names the
 * folder of all the logs that the pictures were taken with.
 */
import { resolve } from "node:path";
import { expect, test } from "./support/fixtures.js";
import { importLogs } from "./support/imported.js";
import { accountButton, logIn, roomLink, timeline } from "./support/page.js";
import { runServer, type RunningServer } from "./support/server.js";

const FOLDER = resolve(process.env["PARLANCE_IRC_FOLDER"] ?? "tests/data/ubuntu-irc");
const OWNER = { username: "ines", name: "Ines Okafor" };
const TOPIC = "Excerpts of #ubuntu, 2004 to 2018 (Kummerfeld et al. 2019, CC BY 4.0)";

let server: RunningServer;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  server = await runServer("pictures", async (dataDir) => {
    await importLogs(dataDir, { folder: FOLDER, room: "ubuntu", topic: TOPIC, owner: OWNER });
  });
});
test.afterAll(() => server.remove());

for (const colorScheme of ["light", "dark"] as const) {
  test(`an imported room, ${colorScheme}`, async ({ visitor }) => {
    const page = await visitor({
      colorScheme,
      viewport: { width: 1280, height: 800 },
      locale: "en-GB",
      timezoneId: "UTC",
    });
    await page.goto(server.url);
    await logIn(page, OWNER.username);
    await expect(accountButton(page)).toContainText("Online");
    await roomLink(page, "ubuntu").click();
    await expect(page.locator(".who").getByText("…", { exact: true })).toHaveCount(0);
    // A while up, where one reads.
    for (let step = 0; step < 25; step += 1) {
      const before = await timeline(page).evaluate(({ scrollHeight, scrollTop }) => scrollHeight - scrollTop);
      await timeline(page).evaluate((scroller) => scroller.scrollBy({ top: -600 }));
      await expect
        .poll(() => timeline(page).evaluate(({ scrollHeight, scrollTop }) => scrollHeight - scrollTop))
        .toBeGreaterThan(before);
    }
    await expect(timeline(page).getByText("Somebody")).toHaveCount(0);
    await page.mouse.move(640, 1);
    await page.screenshot({ path: `docs/screens/imported-${colorScheme}.png` });
    // The page is left before its server goes.
    await page.goto("about:blank");
  });
}
