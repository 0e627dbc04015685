import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/axe.js";
import { AWAY, expect, REFUSED, test } from "./support/fixtures.js";
import { accountButton, banner, composer, joinRoom, logIn, roomList, row, say } from "./support/page.js";
import { colourAt } from "./support/pixel.js";
import { registerCaller, unique } from "./support/people.js";

const RAIL = { light: "#f3f1ec", dark: "#131211" };
const THEMES = ["light", "dark"] as const;

async function chooseTheme(page: Page, theme: "Light" | "Dark" | "Like the system"): Promise<void> {
  await accountButton(page).click();
  await page.getByRole("menuitemradio", { name: theme }).click();
  await page.keyboard.press("Escape");
}

test("the theme is the system's until one is chosen, which then stays", async ({ person }) => {
  const page = await person("Ines", { colorScheme: "dark" });
  const rail = () => colourAt(page, 4, 400);

  await expect.poll(rail).toBe(RAIL.dark);
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(rail).toBe(RAIL.light);
  await chooseTheme(page, "Dark");
  await expect.poll(rail).toBe(RAIL.dark);
  await page.reload();
  await expect(roomList(page)).toBeVisible();
  await expect.poll(rail).toBe(RAIL.dark);
  await chooseTheme(page, "Light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(rail).toBe(RAIL.light);
  await chooseTheme(page, "Like the system");
  await expect.poll(rail).toBe(RAIL.dark);
});

test("a theme chosen in one tab shows in the other", async ({ person }) => {
  const page = await person("Ines", { colorScheme: "light" });
  const other = await page.context().newPage();
  await other.goto("/");
  await expect(roomList(other)).toBeVisible();

  await chooseTheme(page, "Dark");

  await expect.poll(() => colourAt(other, 4, 400)).toBe(RAIL.dark);
});

for (const chosen of THEMES) {
  test(`the first paint is ${chosen} for whoever chose that`, async ({ visitor }) => {
    const page = await visitor({ colorScheme: chosen === "light" ? "dark" : "light" });
    await page.evaluate((theme) => localStorage.setItem("parlance.theme", theme), chosen);
    // The page's own code does not come: what is painted is what is painted before it.
    await page.route(/\/assets\/.*\.js$/, () => undefined);

    await page.reload({ waitUntil: "commit" });

    await page.waitForFunction(() => performance.getEntriesByName("first-paint").length > 0);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await colourAt(page, 200, 200)).toBe(chosen === "light" ? "#fbfaf8" : "#171614");
    expect(background).toBe(chosen === "light" ? "rgb(251, 250, 248)" : "rgb(23, 22, 20)");
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });
}

for (const colorScheme of THEMES) {
  test(`axe finds nothing on any screen, ${colorScheme}`, async ({ complaints, person, server, visitor }) => {
    test.setTimeout(90_000);
    complaints.tolerate(AWAY, REFUSED);
    const tomasz = await registerCaller(server.url, "Tomasz Lind");
    const name = unique("harbour-works");
    const roomId = await tomasz.createRoom(name, "Cranes, tides and who has the keys");
    await tomasz.say(roomId, "Crane 3 reports this at start, known?\n\n```\nE114 slew brake\n```\n> **see** `B2`");
    await tomasz.say(roomId, "Tables: https://tides.example.org/week/47\n\n- one\n- two");

    const stranger = await visitor({ colorScheme });
    await expectAccessible(stranger, "register");
    await stranger.getByLabel("Username").fill("ma");
    await stranger.getByRole("button", { name: "Create account" }).click();
    await expect(stranger.getByText(/At least 3/)).toBeVisible();
    await expectAccessible(stranger, "register, with errors");
    await logIn(stranger, tomasz.username, "not the password");
    await expect(stranger.getByText("Wrong username or password.")).toBeVisible();
    await expectAccessible(stranger, "log in, with an error");

    const page = await person("Ines Okafor", { colorScheme });
    await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
    await expectAccessible(page, "empty start");
    await roomList(page).getByRole("button", { name: "Create a room" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Create room" }).click();
    await expect(page.getByText("Must not be empty.")).toBeVisible();
    await expectAccessible(page, "create a room, with an error");
    await page.keyboard.press("Escape");
    await roomList(page).getByRole("button", { name: "Browse public rooms" }).click();
    await expect(page.getByRole("button", { name: `Join ${name}`, exact: true })).toBeVisible();
    await expectAccessible(page, "browse");

    await joinRoom(page, name);
    await say(page, "Known, **yes**.");
    await say(page, "I'll look at `B2`.");
    await expect(row(page, "look at")).not.toContainText("◌");
    await expectAccessible(page, "room");
    await row(page, "Known, yes").hover();
    await expectAccessible(page, "room, a message pointed at");
    await page.getByRole("button", { name: "About this room" }).click();
    await expect(page.getByRole("menuitem", { name: "Leave room" })).toBeVisible();
    await expectAccessible(page, "room menu");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^People/ }).click();
    await expect(page.getByRole("complementary", { name: "People in this room" }).getByText("owner")).toBeVisible();
    await expectAccessible(page, "people");
    await page.getByRole("button", { name: "Close the list of people" }).click();

    await accountButton(page).click();
    await expectAccessible(page, "account menu");
    await page.getByRole("menuitem", { name: "Your account" }).click();
    await expect(page.getByText("(this one)")).toBeVisible();
    await expectAccessible(page, "account");
    await page.keyboard.press("Escape");

    await page.context().setOffline(true);
    await say(page, "Written in the tunnel.");
    await say(page, "And this.");
    await expect(banner(page)).toBeVisible();
    await expectAccessible(page, "offline, with messages on their way");
    await tomasz.call("PATCH", `/rooms/${roomId}`, { archived: true });
    await page.context().setOffline(false);
    await expect(page.getByText("2 messages have not been sent.")).toBeVisible();
    await expect(composer(page)).toBeHidden();
    await expectAccessible(page, "archived, with messages that were not sent");
    await page.goto("/r/nowhere");
    await expect(page.getByRole("heading", { name: "There is no such room, or you are not in it" })).toBeVisible();
    await expectAccessible(page, "no such room");
  });
}
