import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./support/axe.js";
import { expect, REFUSED, test } from "./support/fixtures.js";
import { createRoom, row } from "./support/page.js";
import { PASSWORD, registerCaller, unique } from "./support/people.js";

const session = (page: Page): Locator => page.getByRole("region", { name: "Your session" });
const live = (page: Page): Locator => page.getByRole("log", { name: "What happens on the connection" });

/** Another page of the same browser, so of the same person. */
async function open(page: Page, path: string): Promise<Page> {
  const other = await page.context().newPage();
  await other.goto(path);
  return other;
}

/** Opens a call in Swagger UI, ready to be tried. */
async function openCall(docs: Page, operationId: string): Promise<Locator> {
  const call = docs.locator(`[id$="-${operationId}"]`);
  await call
    .getByRole("button", { name: /^(get|post) / })
    .first()
    .click();
  await call.getByRole("button", { name: "Try it out" }).click();
  return call;
}

async function execute(call: Locator): Promise<void> {
  await call.getByRole("button", { name: "Execute" }).click();
}
const status = (call: Locator): Locator => call.locator(".live-responses-table tbody .response-col_status").first();
const body = (call: Locator): Locator => call.locator(".live-responses-table .highlight-code").first();

test("a newcomer tries a call as themselves, then sends an event and sees what it does", async ({ person, server }) => {
  const ines = await person("Ines Okafor");
  const name = unique("harbour-works");
  await createRoom(ines, name);
  const foreign: string[] = [];
  ines.context().on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.url)) foreign.push(request.url());
  });

  const docs = await open(ines, "/api/v1/docs");
  await expect(session(docs)).toContainText("You are Ines Okafor");
  await docs.getByPlaceholder("Filter by tag or path").fill("account");
  // What is looked for moves up when the rest is gone.
  await expect(docs.getByRole("heading", { name: "Logging in" })).toBeHidden();
  const getMe = await openCall(docs, "getMe");
  await execute(getMe);
  await expect(status(getMe)).toHaveText("200");
  await expect(body(getMe)).toContainText('"displayName": "Ines Okafor"');

  await docs.getByRole("navigation", { name: "Documentation" }).getByRole("link", { name: "Events" }).click();
  await expect(session(docs)).toContainText("You are Ines Okafor");
  const send = docs.getByRole("button", { name: "Send message:send" });
  await expect(send).toBeDisabled();
  await docs.getByRole("button", { name: "Connect", exact: true }).press("Enter");
  await expect(docs.getByText(/^Connected, over/)).toBeVisible();
  await expect(docs.getByLabel("Room for the examples")).toContainText(name);
  const text = "Sent from the page of the events.";
  const payload = docs.getByLabel("Payload of message:send");
  await payload.fill((await payload.inputValue()).replace(/"text": ".*"/, `"text": "${text}"`));
  await send.press("Enter");
  const ack = docs.getByRole("group", { name: "Ack of message:send" });
  await expect(ack).toContainText('"ok": true');
  await expect(live(docs).getByRole("listitem").filter({ hasText: "arrived: entries" })).toContainText(text);
  await expect(row(ines, text)).toBeVisible();

  const first = await ack.textContent();
  await send.press("Enter");
  await expect(live(docs).getByRole("listitem").filter({ hasText: "ack of message:send" })).toHaveCount(2);
  await expect(ack).toHaveText(first ?? "");

  const ravi = await registerCaller(server.url, "Ravi Menon");
  const { room } = await ravi
    .call<{ rooms: { id: string; name: string }[] }>("GET", `/rooms/directory?query=${name}`)
    .then(({ rooms: [found] }) => ({ room: found?.id ?? "" }));
  await ravi.join(room);
  await ravi.say(room, "And this from elsewhere.");
  await expect(live(docs)).toContainText("And this from elsewhere.");

  await payload.fill("{");
  await send.press("Enter");
  await expect(docs.getByRole("alert").filter({ hasText: "This is not JSON" })).toBeVisible();
  await expect(payload).toBeFocused();
  await expectAccessible(docs, "the events, live");
  expect(foreign).toEqual([]);
});

test("whoever is not logged in reads how, and gets in by the form, by trying the calls, or with a token of their own", async ({
  complaints,
  server,
  visitor,
}) => {
  complaints.tolerate(REFUSED);
  const page = await visitor();
  const { username } = await registerCaller(server.url, "Sofie Brandt");

  await page.goto("/api/v1/docs/events");
  await expect(session(page)).toContainText("You are not logged in.");
  await expect(page.getByRole("button", { name: "Connect", exact: true })).toBeDisabled();
  await expectAccessible(page, "the events, logged out");
  await session(page).getByLabel("Username").fill(username);
  await session(page).getByLabel("Password").fill("something else");
  await session(page).getByRole("button", { name: "Log in" }).click();
  await expect(session(page).getByRole("alert")).toContainText(/wrong/i);
  await session(page).getByLabel("Password").fill(PASSWORD);
  await session(page).getByRole("button", { name: "Log in" }).click();
  await expect(session(page)).toContainText("You are Sofie Brandt");

  await page.goto("/api/v1/docs");
  await expect(session(page)).toContainText("You are Sofie Brandt");
  const logout = await openCall(page, "logout");
  await execute(logout);
  await expect(session(page)).toContainText("You are not logged in.");
  const logIn = await openCall(page, "login");
  await logIn.locator("textarea").fill(JSON.stringify({ username, password: PASSWORD }));
  await execute(logIn);
  await expect(session(page)).toContainText("You are Sofie Brandt");

  const answer = await fetch(`${server.url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  const { accessToken } = (await answer.json()) as { accessToken: string };
  await page.getByRole("button", { name: "Authorize" }).click();
  const dialog = page.locator(".modal-ux");
  await dialog.getByRole("button", { name: "Remove authorization" }).first().click();
  await dialog.getByRole("textbox").first().fill(accessToken);
  await dialog.getByRole("button", { name: "Apply credentials" }).first().click();
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  const getMe = await openCall(page, "getMe");
  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.url().endsWith("/api/v1/me")),
    execute(getMe),
  ]);
  expect(request.headers()["authorization"]).toBe(`Bearer ${accessToken}`);

  const stranger = await visitor();
  await stranger.goto("/api/v1/docs/events");
  await session(stranger).getByText("I have an access token").click();
  await session(stranger).getByLabel("Access token").fill(accessToken);
  await session(stranger).getByRole("button", { name: "Use it" }).click();
  await expect(session(stranger)).toContainText("with the token you gave");
  await stranger.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(stranger.getByText(/^Connected, over/)).toBeVisible();
});

test("the page goes on with a newer token before the old one runs out", async ({ person }) => {
  const ines = await person("Ines Okafor");
  const docs = await ines.context().newPage();
  await docs.clock.install();
  await docs.goto("/api/v1/docs");
  await expect(session(docs)).toContainText("You are Ines Okafor");
  const getMe = await openCall(docs, "getMe");

  const renewal = docs.waitForResponse((response) => response.url().endsWith("/auth/refresh"));
  await docs.clock.fastForward("14:30");
  const { accessToken } = (await (await renewal).json()) as { accessToken: string };
  const [request] = await Promise.all([
    docs.waitForRequest((sent) => sent.url().endsWith("/api/v1/me")),
    execute(getMe),
  ]);

  expect(request.headers()["authorization"]).toBe(`Bearer ${accessToken}`);
  await expect(status(getMe)).toHaveText("200");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the pages fit a phone, and the events can be read by everybody, ${colorScheme}`, async ({
    complaints,
    visitor,
  }) => {
    complaints.tolerate(REFUSED);
    const page = await visitor({ colorScheme, viewport: { width: 390, height: 844 } });

    for (const path of ["/api/v1/docs", "/api/v1/docs/events"]) {
      await page.goto(path);
      await expect(session(page)).toContainText("You are not logged in.");
      await expect(page.getByText("message:send").or(page.getByText("Logging in")).first()).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(390);
    }
    await expectAccessible(page, `the events, ${colorScheme}`);
  });
}
