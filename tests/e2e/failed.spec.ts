import type { Page } from "@playwright/test";
import { AWAY, expect, test } from "./support/fixtures.js";
import { banner, composer, joinRoom, roomLink, row, say, timeline } from "./support/page.js";
import { registerCaller, unique, type Caller } from "./support/people.js";

/** Somebody writes without a network into a room that is archived meanwhile: the server's answer is final [L7]. */
async function writeIntoArchivedRoom(page: Page, owner: Caller, roomId: string, texts: readonly string[]) {
  await page.context().setOffline(true);
  for (const text of texts) await say(page, text);
  await expect(banner(page)).toBeVisible();
  await owner.call("PATCH", `/rooms/${roomId}`, { archived: true });
  await page.context().setOffline(false);
  await expect(banner(page)).toBeHidden();
}

/** The id of the only other member. */
async function otherIn(owner: Caller, roomId: string): Promise<string> {
  const { members } = await owner.call<{ members: { user: { id: string } }[] }>("GET", `/rooms/${roomId}/members`);
  return members.find(({ user }) => user.id !== owner.id)?.user.id ?? "";
}

test("[L7] a message that is refused for good says so, keeps its text, and can be tried again or discarded", async ({
  complaints,
  person,
  server,
}) => {
  complaints.tolerate(AWAY);
  const owner = await registerCaller(server.url, "Tomasz Lind");
  const name = unique("crane-three");
  const roomId = await owner.createRoom(name);
  const page = await person("Ines");
  await joinRoom(page, name);

  await writeIntoArchivedRoom(page, owner, roomId, ["And the seal kit too."]);

  const message = row(page, "And the seal kit too.");
  await expect(message).toContainText("Not sent");
  await expect(page.getByText("This room is archived")).toBeVisible();

  await message.getByRole("button", { name: "Try again" }).click();
  await expect(message).toContainText("Not sent");
  await owner.call("PATCH", `/rooms/${roomId}`, { archived: false });
  await expect(composer(page)).toBeVisible();
  await message.getByRole("button", { name: "Try again" }).click();
  await expect(message).not.toContainText("Not sent");
  await expect(message).not.toContainText("◌");
  const stored = await owner.call<{ messages: { text?: string }[] }>("GET", `/rooms/${roomId}/messages`);
  expect(stored.messages.filter(({ text }) => text === "And the seal kit too.")).toHaveLength(1);

  await writeIntoArchivedRoom(page, owner, roomId, ["Never mind."]);
  await row(page, "Never mind.").getByRole("button", { name: "Discard" }).click();
  await expect(row(page, "Never mind.")).toHaveCount(0);
  await page.reload();
  await expect(row(page, "And the seal kit too.")).toBeVisible();
  await expect(row(page, "Never mind.")).toHaveCount(0);
});

test("[L7] several messages that were refused have one bar to discard them all", async ({
  complaints,
  person,
  server,
}) => {
  complaints.tolerate(AWAY);
  const owner = await registerCaller(server.url, "Tomasz Lind");
  const name = unique("crane-four");
  const roomId = await owner.createRoom(name);
  const page = await person("Ines");
  await joinRoom(page, name);

  await writeIntoArchivedRoom(page, owner, roomId, ["One.", "Two."]);

  await expect(page.getByText("2 messages have not been sent.")).toBeVisible();
  await page.getByRole("button", { name: "Discard all" }).click();
  await expect(page.getByText("2 messages have not been sent.")).toBeHidden();
  await expect(timeline(page).getByText("Not sent")).toHaveCount(0);
});

test("[L6] whoever is removed from a room loses it at once, and the page says where they are", async ({
  person,
  server,
}) => {
  const owner = await registerCaller(server.url, "Tomasz Lind");
  const name = unique("crane-five");
  const roomId = await owner.createRoom(name);
  const page = await person("Ines");
  await joinRoom(page, name);
  await expect(row(page, "Ines joined")).toBeVisible();
  const ines = await otherIn(owner, roomId);

  await owner.call("DELETE", `/rooms/${roomId}/members/${ines}`);
  await owner.say(roomId, "Between us.");

  await expect(page.getByRole("heading", { name: "There is no such room, or you are not in it" })).toBeVisible();
  await expect(roomLink(page, name)).toHaveCount(0);
  await expect(page.getByText("Between us.")).toHaveCount(0);
});

test("[L7] what was written while one was removed is not lost: it stands there, not sent, when one is back", async ({
  complaints,
  person,
  server,
}) => {
  complaints.tolerate(AWAY);
  const owner = await registerCaller(server.url, "Tomasz Lind");
  const name = unique("crane-six");
  const roomId = await owner.createRoom(name);
  const page = await person("Ines");
  await joinRoom(page, name);
  const ines = await otherIn(owner, roomId);

  await page.context().setOffline(true);
  await say(page, "A long and careful answer.");
  await expect(banner(page)).toBeVisible();
  await owner.call("DELETE", `/rooms/${roomId}/members/${ines}`);
  await page.context().setOffline(false);
  await expect(page.getByRole("heading", { name: "There is no such room, or you are not in it" })).toBeVisible();
  await owner.call("PUT", `/rooms/${roomId}/members/${ines}`, {});

  const message = row(page, "A long and careful answer.");
  await expect(message).toContainText("Not sent: You are not in this room.");
  await message.getByRole("button", { name: "Try again" }).click();
  await expect(message).not.toContainText("Not sent");
  await expect(message).not.toContainText("◌");
});
