import { expect, REFUSED, test } from "./support/fixtures.js";
import { accountButton, createRoom, logIn, roomLink, roomList } from "./support/page.js";
import { PASSWORD, registerCaller, unique } from "./support/people.js";

test("whoever never logged in here is not asked about: the page does not try to renew a session", async ({
  server,
  visitor,
}) => {
  const asked: string[] = [];
  const page = await visitor();
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));

  await page.reload();
  await expect(page.getByRole("heading", { name: "Come in" })).toBeVisible();
  await page.waitForLoadState("networkidle");

  expect(asked).toContain("/api/v1/server");
  expect(asked.filter((path) => path.startsWith("/api/v1/auth") || path.startsWith("/socket.io"))).toEqual([]);
  expect(page.url()).toBe(`${server.url}/`);
});

test("a reload keeps the session", async ({ person }) => {
  const page = await person("Ines Okafor");
  const name = unique("harbour");
  await createRoom(page, name);

  await page.reload();

  await expect(roomLink(page, name)).toBeVisible();
  await expect(accountButton(page)).toContainText("Ines Okafor");
});

test("a wrong password says no more than that, and keeps the name", async ({ complaints, server, visitor }) => {
  complaints.tolerate(REFUSED);
  const { username } = await registerCaller(server.url, "Mara");
  const page = await visitor();

  await logIn(page, username, "not the password");
  await expect(page.getByText("Wrong username or password.")).toBeVisible();
  await expect(page.getByLabel("Username")).toHaveValue(username);
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();

  await logIn(page, unique("nobody"), PASSWORD);
  await expect(page.getByText("Wrong username or password.")).toBeVisible();
  await logIn(page, username);
  await expect(roomList(page)).toBeVisible();
});

test("registering says at its field what is wrong: too short, taken, a common password", async ({
  complaints,
  server,
  visitor,
}) => {
  complaints.tolerate(REFUSED);
  const { username } = await registerCaller(server.url, "Mara");
  const page = await visitor();
  const name = page.getByLabel("Username");
  const password = page.getByLabel("Password", { exact: true });
  const create = page.getByRole("button", { name: "Create account" });

  await name.fill("ma");
  await password.fill("short");
  await create.click();
  await expect(name).toHaveAccessibleDescription("At least 3 of a to z, 0 to 9, dot, dash or underscore.");
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(name).toBeFocused();
  await expect(password).toHaveAccessibleDescription("At least 8 characters.");

  await name.fill(username);
  await password.fill(PASSWORD);
  await create.click();
  await expect(name).toHaveAccessibleDescription("This name is taken. Choose another one.");

  await name.fill(unique("mara"));
  await password.fill("password1");
  await create.click();
  await expect(password).toHaveAccessibleDescription(/common/);
});

test("the password can be shown and hidden", async ({ visitor }) => {
  const page = await visitor();
  const password = page.getByLabel("Password", { exact: true });
  await password.fill(PASSWORD);

  await expect(password).toHaveAttribute("type", "password");
  await page.getByRole("button", { name: "Show password" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await expect(password).toHaveValue(PASSWORD);
  await page.getByRole("button", { name: "Hide password" }).click();
  await expect(password).toHaveAttribute("type", "password");
});

test("logging out in one tab shows in the other, and a reload finds nobody logged in", async ({
  complaints,
  person,
}) => {
  complaints.tolerate(REFUSED);
  const page = await person("Ines Okafor");
  const other = await page.context().newPage();
  await other.goto("/");
  await expect(accountButton(other)).toContainText("Online");

  await accountButton(page).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();

  await expect(page.getByRole("heading", { name: "Come in" })).toBeVisible();
  await expect(other.getByRole("heading", { name: /Come in|Log in again/ })).toBeVisible();
  for (const tab of [page, other]) {
    await tab.reload();
    await expect(tab.getByRole("heading", { name: "Come in" })).toBeVisible();
  }
});

test("another session is ended from the account dialog, and its page says so and lets one in again", async ({
  complaints,
  person,
  visitor,
}) => {
  complaints.tolerate(REFUSED);
  const page = await person("Ines Okafor");
  const name = unique("harbour");
  await createRoom(page, name);
  const username = await page.evaluate(async () => {
    const { accessToken } = (await (await fetch("/api/v1/auth/refresh", { method: "POST" })).json()) as {
      accessToken: string;
    };
    const me = await fetch("/api/v1/me", { headers: { authorization: `Bearer ${accessToken}` } });
    return ((await me.json()) as { username: string }).username;
  });
  const elsewhere = await visitor();
  await logIn(elsewhere, username);
  await expect(roomLink(elsewhere, name)).toBeVisible();

  await accountButton(page).click();
  await page.getByRole("menuitem", { name: "Your account" }).click();
  const dialog = page.getByRole("dialog", { name: "Your account" });
  await expect(dialog.getByText("(this one)")).toBeVisible();
  await dialog.getByRole("button", { name: /^End the session/ }).click();

  await expect(dialog.getByRole("button", { name: /^End the session/ })).toHaveCount(0);
  const again = elsewhere.getByRole("dialog", { name: "Log in again" });
  await expect(again).toContainText("This session was ended.");
  await again.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await again.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(again).toBeHidden();
  await expect(accountButton(elsewhere)).toContainText("Online");
  await expect(accountButton(page)).toContainText("Online");
});
