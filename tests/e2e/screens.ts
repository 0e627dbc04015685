/** The pictures of docs/screens: each screen in light, in dark, and on a phone. How to run it: screens.config.ts. */
import type { Page } from "@playwright/test";
import { gatherCrew, type Crew } from "./support/crew.js";
import { AWAY, expect, test } from "./support/fixtures.js";
import { accountButton, banner, composer, logIn, roomLink, roomList, row, say } from "./support/page.js";

const FOLDER = "docs/screens";
const HARBOUR = "harbour-works";
const variants = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "phone", colorScheme: "light", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
] as const;

let crew: Crew;
test.beforeAll(async ({ server }) => void (crew = await gatherCrew(server.url)));
test.afterAll(() => crew.close());

/** The server is told nothing: a message with "seal" in it is refused, all others get no answer. */
async function holdMessages(page: Page): Promise<void> {
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((packet) => {
      const ack = /^42(\d+)\["message:send",/.exec(String(packet))?.[1];
      if (ack === undefined) server.send(packet);
      else if (String(packet).includes("seal")) {
        socket.send(`43${ack}[${JSON.stringify({ ok: false, error: { code: "forbidden", detail: "" } })}]`);
      }
    });
  });
}

for (const { name, ...options } of variants) {
  test(`the screens, ${name}`, async ({ complaints, visitor }) => {
    complaints.tolerate(AWAY);
    const onPhone = name === "phone";
    const context = { ...options, locale: "en-GB" };
    const shoot = async (page: Page, screen: string) => {
      // Nothing is pointed at.
      await page.mouse.move(options.viewport.width / 2, 1);
      await page.screenshot({ path: `${FOLDER}/${screen}-${name}.png` });
    };
    const openHarbour = async (page: Page) => {
      await roomLink(page, HARBOUR).click();
      await expect(row(page, "It is, shelf")).toBeVisible();
    };

    const stranger = await visitor(context);
    await stranger.getByLabel("Username").fill("ma");
    await stranger.getByLabel("Password", { exact: true }).fill("keel over keel");
    await stranger.getByRole("button", { name: "Create account" }).click();
    await expect(stranger.getByText(/At least 3/)).toBeVisible();
    await shoot(stranger, "sign-in-error");

    const sofie = await visitor(context);
    await logIn(sofie, crew.sofie);
    await expect(sofie.getByText("You are not in any room yet.")).toBeVisible();
    await expect(accountButton(sofie)).toContainText("Online");
    await shoot(sofie, "empty-start");

    const page = await visitor(context);
    await holdMessages(page);
    await page.reload();
    await logIn(page, crew.mara);
    await expect(accountButton(page)).toContainText("Online");
    if (onPhone) await shoot(page, "rooms");
    await openHarbour(page);
    await shoot(page, "room");

    await page.getByRole("button", { name: /^People/ }).click();
    await expect(page.getByText(/last seen/).first()).toBeVisible();
    await shoot(page, "members");
    await page.getByRole("button", { name: onPhone ? "Back to the room" : "Close the list of people" }).click();

    if (onPhone) await page.getByRole("link", { name: "Back to the rooms" }).click();
    await roomList(page).getByRole("button", { name: "Browse public rooms" }).click();
    await expect(page.getByRole("button", { name: "Join lunch" })).toBeVisible();
    await shoot(page, "browse");

    if (onPhone) await page.getByRole("link", { name: "Back to the rooms" }).click();
    await openHarbour(page);
    const send = async (text: string) => {
      if (!onPhone) return say(page, text);
      await composer(page).fill(text);
      await page.getByRole("button", { name: "Send" }).tap();
    };
    await send("And the seal kit too.");
    await send("I'll walk over and take a picture.");
    await expect(row(page, "And the seal kit too.")).toContainText("Not sent");
    await expect(row(page, "I'll walk over")).toContainText("◌ sending");
    await shoot(page, "sending-and-failed");

    await row(page, "And the seal kit too.").getByRole("button", { name: "Discard" }).click();
    await page.context().setOffline(true);
    await send("No signal behind the silo.");
    await composer(page).fill("The picture shows");
    await expect(banner(page)).toBeVisible();
    await expect(page.getByText(/Next try in/)).toBeVisible();
    await shoot(page, "offline");
  });
}
