/** The page in a person's words: what they press, and what they see. */
import type { Locator, Page } from "@playwright/test";
import { PASSWORD } from "./people.js";

export async function register(page: Page, username: string, displayName: string): Promise<void> {
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Display name").fill(displayName);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await accountButton(page).waitFor();
}

export async function logIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByRole("tab", { name: "Log in" }).click();
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}

export const accountButton = (page: Page): Locator => page.getByRole("button", { name: /Your account/ });
export const roomList = (page: Page): Locator => page.getByRole("navigation", { name: "Rooms" });
export const roomLink = (page: Page, name: string): Locator => roomList(page).getByRole("link", { name });
export const composer = (page: Page): Locator => page.getByRole("textbox", { name: /^Message #/ });
export const banner = (page: Page): Locator => page.getByText("No connection. What you send is kept");
export const timeline = (page: Page): Locator => page.getByRole("log");
export const row = (page: Page, text: string): Locator => timeline(page).getByRole("article").filter({ hasText: text });

export async function createRoom(page: Page, name: string, topic = ""): Promise<void> {
  await roomList(page).getByRole("button", { name: "Create a room" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create a room" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Topic").fill(topic);
  await dialog.getByRole("button", { name: "Create room" }).click();
  await composer(page).waitFor();
}

/** Finds a public room by a part of its name, and joins it. */
export async function joinRoom(page: Page, name: string): Promise<void> {
  await roomList(page).getByRole("button", { name: "Browse public rooms" }).click();
  await page.getByLabel("Find a public room").fill(name.slice(0, -1));
  await page.getByRole("button", { name: `Join ${name}`, exact: true }).click();
  await composer(page).waitFor();
}

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

/** Every row that is drawn, as "Name: text"; what is on its way ends in ", being sent", what failed in ", not sent". */
export const said = (page: Page): Promise<string[]> =>
  timeline(page)
    .getByRole("article")
    .evaluateAll((rows) =>
      rows.map((element) => {
        const label = element.getAttribute("aria-label") ?? "";
        const [, name, text] = /^(.*?), \d+:\d+(?:\s[AP]M)?, (.*)$/su.exec(label) ?? [];
        return name === undefined ? label.replace(/, \d+:\d+(?:\s[AP]M)?$/u, "") : `${name}: ${text}`;
      }),
    );
