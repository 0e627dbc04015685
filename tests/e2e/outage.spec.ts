import type { Page } from "@playwright/test";
import { AWAY, expect, test } from "./support/fixtures.js";
import { accountButton, banner, composer, createRoom, joinRoom, row, said, say, timeline } from "./support/page.js";
import { unique } from "./support/people.js";

// Tall enough that every row is drawn.
const viewport = { width: 1000, height: 2400 };

/** A reload would lose this mark. */
const mark = (page: Page) => page.evaluate(() => void Object.assign(globalThis, { isTheSamePage: true }));
const isMarked = (page: Page) => page.evaluate(() => "isTheSamePage" in globalThis);

test("[L3] [L7] [S3] what is sent while server and database are killed arrives once and in order, without a reload", async ({
  complaints,
  person,
  server,
}) => {
  test.setTimeout(90_000);
  complaints.tolerate(AWAY);
  const ines = await person("Ines", { viewport });
  const ravi = await person("Ravi", { viewport });
  const name = unique("harbour");
  await createRoom(ines, name);
  await joinRoom(ravi, name);
  await say(ravi, "before");
  await expect(row(ines, "before")).toBeVisible();
  await Promise.all([mark(ines), mark(ravi)]);
  const mine: string[] = [];

  try {
    // In the middle of her sending.
    const killed = server.kill();
    for (let number = 1; number <= 8; number++) {
      await say(ines, `while it dies ${number}`);
      mine.push(`Ines: while it dies ${number}`);
    }
    await killed;
    await expect(banner(ines)).toBeVisible();
    await expect(banner(ravi)).toBeVisible();
    await ines.getByRole("button", { name: "Retry now" }).click();
    // Whoever types anywhere writes a message.
    await ines.keyboard.type("written while it is away");
    await expect(composer(ines)).toBeFocused();
    await ines.keyboard.press("Enter");
    mine.push("Ines: written while it is away");
    await expect(row(ines, "written while it is away")).toContainText("waiting for the connection");
    await say(ravi, "his too");
    await composer(ines).fill("a draft");
  } finally {
    await server.start();
  }

  for (const page of [ines, ravi]) await expect(banner(page)).toBeHidden({ timeout: 45_000 });
  const count = 2 + 1 + mine.length + 1;
  for (const page of [ines, ravi]) {
    await expect(timeline(page).getByRole("article")).toHaveCount(count);
    await expect.poll(async () => (await said(page)).filter((line) => /being sent/.test(line))).toEqual([]);
  }
  const seen = await said(ines);
  await expect.poll(() => said(ravi)).toEqual(seen);
  expect(seen.filter((line) => line.startsWith("Ines: "))).toEqual(mine);
  expect(seen.filter((line) => line.startsWith("Ravi: "))).toEqual(["Ravi: before", "Ravi: his too"]);
  await expect(composer(ines)).toHaveValue("a draft");
  expect(await isMarked(ines)).toBe(true);
  expect(await isMarked(ravi)).toBe(true);

  await ravi.reload();
  await expect.poll(() => said(ravi)).toEqual(seen);
});

test("[L7] what is written without a network goes out when it is back", async ({ complaints, person }) => {
  complaints.tolerate(AWAY);
  const ines = await person("Ines");
  const ravi = await person("Ravi");
  const name = unique("harbour");
  await createRoom(ines, name);
  await joinRoom(ravi, name);
  await expect(row(ines, "Ravi joined")).toBeVisible();

  await ravi.context().setOffline(true);
  await say(ravi, "From the tunnel.");
  await say(ravi, "Still in it.");
  await expect(banner(ravi)).toBeVisible();
  await expect(row(ravi, "From the tunnel.")).toContainText("waiting for the connection");
  await say(ines, "Where are you?");
  await ravi.context().setOffline(false);

  const conversation = [
    "Ines made this room",
    "Ravi joined",
    "Ines: Where are you?",
    "Ravi: From the tunnel.",
    "Ravi: Still in it.",
  ];
  for (const page of [ines, ravi]) await expect.poll(() => said(page)).toEqual(conversation);
  await expect(banner(ravi)).toBeHidden();
});

test("[L7] a message whose answer is lost with the connection stands there once", async ({ complaints, person }) => {
  complaints.tolerate(AWAY);
  const ines = await person("Ines");
  const ravi = await person("Ravi");
  const name = unique("harbour");
  await createRoom(ines, name);
  await joinRoom(ravi, name);
  let cuts = 0;
  await ravi.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    let isCut = false;
    socket.onMessage((packet) => {
      server.send(packet);
      if (cuts > 0 || !String(packet).includes('"message:send"')) return;
      cuts += 1;
      isCut = true;
    });
    server.onMessage((packet) => {
      if (!isCut) return socket.send(packet);
      // The first word after it is the answer, or its push: the server has the message.
      void socket.close();
      void server.close();
    });
  });
  await ravi.reload();
  await expect(accountButton(ravi)).toContainText("Online");

  await say(ravi, "Is anybody there?");

  for (const page of [ines, ravi]) {
    await expect.poll(() => said(page)).toEqual(["Ines made this room", "Ravi joined", "Ravi: Is anybody there?"]);
  }
  expect(cuts).toBe(1);
  await say(ravi, "Hello?");
  for (const page of [ines, ravi]) {
    await expect.poll(async () => (await said(page)).slice(2)).toEqual(["Ravi: Is anybody there?", "Ravi: Hello?"]);
  }
});
