/** Behind nginx, with the site file of deploy/: as Parlance is reached by most. */
import type { Browser, Page } from "@playwright/test";
import { ask, findNginx, startBehindNginx, type Proxied } from "./support/nginx.js";
import { expect, test } from "./support/fixtures.js";
import { composer, createRoom, joinRoom, register, row, said, say } from "./support/page.js";
import { unique, usernameFor } from "./support/people.js";

const nginx = findNginx();

test.skip(nginx === null && process.env["CI"] === undefined, "nginx is not installed (apt-get install nginx-light)");

interface Visitor {
  page: Page;
  /** of the websockets that really carried something */
  frames: () => number;
  polls: () => number;
}

async function visit(browser: Browser, { url }: Proxied, displayName: string): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: url, ignoreHTTPSErrors: true });
  const page = await context.newPage();
  let [frames, polls] = [0, 0];
  page.on("websocket", (socket) => socket.on("framereceived", () => (frames += 1)));
  page.on("response", (response) => {
    if (response.url().includes("transport=polling") && response.ok()) polls += 1;
  });
  await page.goto("/");
  await register(page, usernameFor(displayName), displayName);
  return { page, frames: () => frames, polls: () => polls };
}

let proxied: Proxied | null = null;

async function start(...[transport, settings]: [("websocket" | "polling")?, Record<string, string>?]) {
  if (nginx === null) throw new Error("nginx is not installed: apt-get install nginx-light.");
  proxied = await startBehindNginx(nginx, transport, settings);
  return proxied;
}

test.afterEach(async ({ browser }) => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await proxied?.close();
  proxied = null;
});

for (const transport of ["websocket", "polling"] as const) {
  test(`two people talk over ${transport}, stay logged in, and come back after the server was started anew`, async ({
    browser,
  }) => {
    test.setTimeout(90_000);
    const behind = await start(transport);
    const ines = await visit(browser, behind, "Ines");
    const ravi = await visit(browser, behind, "Ravi");
    const name = unique("harbour");
    await createRoom(ines.page, name);
    await joinRoom(ravi.page, name);

    await say(ravi.page, "Who has the keys?");
    await expect(row(ines.page, "Who has the keys?")).toBeVisible();
    await say(ines.page, "They are in the box.");
    await expect(row(ravi.page, "They are in the box.")).toBeVisible();
    for (const { frames, polls } of [ines, ravi]) {
      expect([frames() > 0, polls() > 0]).toEqual([transport === "websocket", transport === "polling"]);
    }

    const [cookie] = await ines.page.context().cookies();
    expect(cookie).toMatchObject({ name: "parlance_refresh", secure: true, httpOnly: true, sameSite: "Strict" });
    await ines.page.reload();
    await composer(ines.page).waitFor();

    await behind.stopServer();
    await say(ines.page, "Said while it was away.");
    await behind.startServer();
    await expect(row(ravi.page, "Said while it was away.")).toBeVisible({ timeout: 30_000 });
    await expect.poll(async () => (await said(ines.page)).at(-1)).toBe("Ines: Said while it was away.");
  });
}

test("passes on what is large, small, compressed or too much; keeps the numbers to itself", async () => {
  const { url, plainUrl } = await start("websocket", { RATE_AUTH_PER_MINUTE: "5" });
  const json = { "content-type": "application/json" };
  const login = (body: string, more: { headers?: Record<string, string>; from?: string } = {}) =>
    ask(`${url}/api/v1/auth/login`, { method: "POST", body, ...more, headers: { ...json, ...more.headers } });

  const moved = await fetch(`${plainUrl}/rooms?x=1`, { redirect: "manual" });
  expect([moved.status, moved.headers.get("location")]).toEqual([301, "https://localhost/rooms?x=1"]);

  for (const path of ["/metrics", "/metrics?a=b", "//metrics", "/%6detrics", "/x/../metrics", "/./metrics"]) {
    const { status, body } = await ask(url + path);
    expect([path, status, body.includes("parlance_")]).toEqual([path, 404, false]);
  }

  const page = await ask(`${url}/`, { headers: { accept: "text/html" } });
  expect(page.headers["strict-transport-security"]).toMatch(/max-age=\d+/);
  const [, script = ""] = /src="(\/assets\/[^"]+\.js)"/.exec(page.body.toString()) ?? [];
  const plain = await ask(url + script);
  const zipped = await ask(url + script, { headers: { "accept-encoding": "gzip" } });
  const smallest = await ask(url + script, { headers: { "accept-encoding": "gzip, br" } });
  expect(zipped.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
  expect(smallest.headers["content-encoding"]).toBe("br");
  expect(zipped.body.length).toBeLessThan(plain.body.length / 2);

  const ofBytes = (bytes: number) => {
    const empty = JSON.stringify({ username: "ada", password: "" });
    return JSON.stringify({ username: "ada", password: "x".repeat(bytes - empty.length) });
  };
  const fits = await login(ofBytes(64 * 1024), { from: "127.0.0.3" });
  const tooLarge = await login(ofBytes(64 * 1024 + 1), { from: "127.0.0.3" });
  // Taken, and read: it is the password that is too long.
  expect(JSON.parse(fits.body.toString())).toMatchObject({ status: 400, fields: [{ path: "password" }] });
  expect(JSON.parse(tooLarge.body.toString())).toMatchObject({ status: 413, code: "payload_too_large" });

  // The address that counts is the caller's, whatever they say that it is.
  const answers: number[] = [];
  for (let count = 0; count < 8; count++) {
    const spoofed = { "x-forwarded-for": `198.51.100.${count}` };
    const body = JSON.stringify({ username: `nobody-${count}`, password: "not the password" });
    answers.push((await login(body, { headers: spoofed, from: "127.0.0.1" })).status);
  }
  const elsewhere = await login(JSON.stringify({ username: "somebody", password: "x" }), { from: "127.0.0.2" });
  expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  expect(elsewhere.status).toBe(401);
});
