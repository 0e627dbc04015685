import { devices, type Page } from "@playwright/test";
import { AWAY, expect, test } from "./support/fixtures.js";
import { expectBigTargets, expectNoSidewaysScroll } from "./support/measure.js";
import {
  accountButton,
  banner,
  composer,
  createRoom,
  joinRoom,
  roomLink,
  roomList,
  row,
  timeline,
} from "./support/page.js";
import { registerCaller, unique } from "./support/people.js";

const { isMobile, hasTouch, userAgent } = devices["Pixel 7"];
const phone = { isMobile, hasTouch, userAgent, viewport: { width: 390, height: 844 } };

/** What holds for every screen, at the usual width and at the narrowest. */
async function expectFit(page: Page): Promise<void> {
  await expectBigTargets(page);
  for (const width of [320, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await expectNoSidewaysScroll(page);
  }
}

test("on a phone there is one pane at a time: the rooms, the room, its people, and back", async ({
  person,
  server,
}) => {
  const tomasz = await registerCaller(server.url, "Tomasz Lind");
  const name = unique("harbour");
  const roomId = await tomasz.createRoom(name);
  await tomasz.say(roomId, "Crane 3 reports this at start, known?");
  const page = await person("Ines Okafor", phone);
  const people = page.getByRole("main", { name: "People in this room" });

  await expect(page.getByText("You are not in any room yet.")).toBeVisible();
  await joinRoom(page, name);
  await expect(row(page, "Crane 3")).toBeInViewport();
  await expect(roomList(page)).toBeHidden();
  // The keyboard does not pop up unasked.
  await expect(composer(page)).not.toBeFocused();

  await page.getByRole("button", { name: /^People/ }).click();
  await expect(people).toBeVisible();
  await expect(timeline(page)).toBeHidden();
  await page.getByRole("button", { name: "Back to the room" }).click();
  await expect(row(page, "Crane 3")).toBeInViewport();
  await expect(people).toBeHidden();

  await page.getByRole("button", { name: /^People/ }).click();
  await expect(people).toBeVisible();
  await page.goBack();
  await expect(row(page, "Crane 3")).toBeInViewport();

  await page.getByRole("link", { name: "Back to the rooms" }).click();
  await expect(roomLink(page, name)).toBeVisible();
  await expect(timeline(page)).toBeHidden();
  await roomLink(page, name).click();
  await expect(row(page, "Crane 3")).toBeInViewport();
  await page.goBack();
  await expect(roomLink(page, name)).toBeVisible();
});

test("on a phone Enter makes a new line, and the button sends", async ({ person }) => {
  const page = await person("Ines Okafor", phone);
  await createRoom(page, unique("harbour"));

  await composer(page).tap();
  await page.keyboard.type("one");
  await page.keyboard.press("Enter");
  await page.keyboard.type("two");
  await expect(composer(page)).toHaveValue("one\ntwo");
  await page.getByRole("button", { name: "Send" }).tap();

  await expect(row(page, "one")).toContainText("two");
  await expect(composer(page)).toHaveValue("");
});

test("on a phone nothing scrolls sideways, and everything is big enough for a finger", async ({
  complaints,
  person,
  server,
  visitor,
}) => {
  complaints.tolerate(AWAY);
  const tomasz = await registerCaller(server.url, "Tomasz Lind, of the Third Crane and the Second Shift");
  const name = unique("a-room-whose-name-is-rather-longer-than-a-phone-is-wide");
  const roomId = await tomasz.createRoom(name, "Cranes, tides and who has the keys. ".repeat(6));
  await tomasz.say(roomId, `\`\`\`\n${"E114 slew brake pressure 3.1 bar (min 3.4) ".repeat(4)}\n\`\`\``);
  await tomasz.say(
    roomId,
    `https://tides.example.org/${"week-47-and-all-that-follows-".repeat(6)} and ${"x".repeat(300)}`,
  );

  const stranger = await visitor(phone);
  await expectFit(stranger);
  await stranger.getByRole("button", { name: "Create account" }).click();
  await expect(stranger.getByText(/At least 3/)).toBeVisible();
  await expectFit(stranger);

  const page = await person("Ines Okafor", phone);
  await expectFit(page);
  await roomList(page).getByRole("button", { name: "Create a room" }).first().click();
  await expectFit(page);
  await page.keyboard.press("Escape");
  await roomList(page).getByRole("button", { name: "Browse public rooms" }).click();
  await expect(page.getByRole("button", { name: `Join ${name}`, exact: true })).toBeVisible();
  await expectFit(page);

  await page.getByRole("button", { name: `Join ${name}`, exact: true }).click();
  await expect(row(page, "E114")).toBeVisible();
  await expectFit(page);
  await page.getByRole("button", { name: "About this room" }).click();
  await expect(page.getByRole("menuitem", { name: "Leave room" })).toBeVisible();
  await expectFit(page);
  await page.getByRole("menuitem", { name: "Leave room" }).click();
  await expectFit(page);
  await page.getByRole("button", { name: "Cancel" }).click();

  await page.context().setOffline(true);
  for (const text of ["One.", "Two."]) {
    await composer(page).fill(text);
    await page.getByRole("button", { name: "Send" }).tap();
  }
  await expect(banner(page)).toBeVisible();
  await expectFit(page);
  await tomasz.call("PATCH", `/rooms/${roomId}`, { archived: true });
  await page.context().setOffline(false);
  await expect(page.getByText("2 messages have not been sent.")).toBeVisible();
  await expectFit(page);
  await page.getByRole("button", { name: "Discard all" }).tap();
  await tomasz.call("PATCH", `/rooms/${roomId}`, { archived: false });

  await page.getByRole("button", { name: /^People/ }).click();
  await expect(
    page.getByRole("main", { name: "People in this room" }).getByText("you", { exact: false }),
  ).toBeVisible();
  await expectFit(page);
  await page.getByRole("button", { name: "Invite someone" }).click();
  await page.getByLabel("Find people by name").fill("tomasz");
  await expect(page.getByRole("dialog").getByText("In the room").first()).toBeVisible();
  await expectFit(page);
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Back to the room" }).click();
  await page.getByRole("link", { name: "Back to the rooms" }).click();
  await expectFit(page);
  await accountButton(page).click();
  await expectFit(page);
  await page.getByRole("menuitem", { name: "Your account" }).click();
  await expect(page.getByText("(this one)")).toBeVisible();
  await expectFit(page);
});
