import type { Page } from "@playwright/test";
import { expect, test } from "./support/fixtures.js";
import { joinRoom, row, timeline } from "./support/page.js";
import { registerCaller, unique, type Caller } from "./support/people.js";

const MESSAGES = 300;
/** As many as one step of a wheel scrolls. */
const STEP_PX = 240;
/** The block above the first row, which says that more is on its way. */
const TOP_PX = 132;

/** Rows of many heights, so that nobody can guess where one will stand. */
const textOf = (number: number) => {
  const words = "The slack on line two is fine now, but somebody should look at the shackle. ".repeat(number % 4);
  if (number % 25 === 0) return `${number}\n\n\`\`\`\nE114 slew brake\nE115 hoist\nE116 trolley\n\`\`\``;
  return `${number}: ${words}`;
};

/** A room with a past. Messages of a handful are sent at once: their order among each other is of no matter. */
async function fill(server: string, count: number): Promise<{ writer: Caller; roomId: string; name: string }> {
  const writer = await registerCaller(server, "Ravi Menon");
  const other = await registerCaller(server, "Tomasz Lind");
  const name = unique("logbook");
  const roomId = await writer.createRoom(name);
  await other.join(roomId);
  for (let from = 1; from <= count; from += 20) {
    const numbers = Array.from({ length: Math.min(20, count + 1 - from) }, (_, index) => from + index);
    const who = (from / 20) % 3 < 2 ? writer : other;
    await Promise.all(numbers.map((number) => who.say(roomId, textOf(number))));
  }
  return { writer, roomId, name };
}

/** Lets the newest question for older messages wait until it is let go. */
async function holdHistory(page: Page) {
  const held: (() => void)[] = [];
  let asked = 0;
  await page.route(/\/messages\?.*before=/, async (route) => {
    asked += 1;
    await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  return {
    asked: () => asked,
    release: () => {
      for (const resolve of held.splice(0)) resolve();
    },
  };
}

interface View {
  scrollTop: number;
  height: number;
  rows: number;
  /** key and place of the row that stands across the middle */
  middle: { key: string; top: number } | null;
}

/** What is to be seen once the wheel's scrolling has come to rest. */
const settledView = (page: Page): Promise<View> =>
  timeline(page).evaluate(async (scroller) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const facts = () => `${scroller.scrollTop} ${scroller.scrollHeight}`;
    for (let before = "", still = 0; still < 4; still = facts() === before ? still + 1 : 0) {
      before = facts();
      await frame();
    }
    const box = scroller.getBoundingClientRect();
    const rows = [...scroller.querySelectorAll<HTMLElement>("[data-row]")];
    const middle = rows.find((element) => element.getBoundingClientRect().bottom > box.top + box.height / 2);
    return {
      scrollTop: scroller.scrollTop,
      height: scroller.scrollHeight,
      rows: rows.length,
      middle:
        middle === undefined
          ? null
          : { key: middle.dataset["row"] ?? "", top: middle.getBoundingClientRect().top - box.top },
    };
  });

const topOf = (page: Page, key: string): Promise<number> =>
  timeline(page).evaluate((scroller, wanted) => {
    const element = scroller.querySelector(`[data-row="${CSS.escape(wanted)}"]`);
    if (element === null) throw new Error("The row is not drawn any more.");
    return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  }, key);

/** Follows a row through every frame, until told to stop; tells how far it was ever away from where it began. */
async function follow(page: Page, key: string) {
  const handle = await timeline(page).evaluateHandle((scroller, wanted) => {
    const place = () => {
      const element = scroller.querySelector(`[data-row="${CSS.escape(wanted)}"]`);
      return element === null ? Infinity : element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    };
    const state = { start: place(), farthest: 0, isOver: false };
    const look = () => {
      state.farthest = Math.max(state.farthest, Math.abs(place() - state.start));
      if (!state.isOver) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return state;
  }, key);
  return () =>
    handle.evaluate((state) => {
      state.isOver = true;
      return state.farthest;
    });
}

test("older pages load before the top shows, and what is being read moves by no more than a pixel", async ({
  person,
  server,
}) => {
  test.setTimeout(90_000);
  const { writer, roomId, name } = await fill(server.url, MESSAGES);
  const page = await person("Ines");
  await joinRoom(page, name);
  await expect(row(page, "Ines joined")).toBeInViewport();
  const history = await holdHistory(page);
  const box = await timeline(page).boundingBox();
  if (box === null) throw new Error("There is no timeline.");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);

  let prepends = 0;
  let mostRows = 0;
  let view = await settledView(page);
  for (let steps = 0; steps < 400 && view.scrollTop > 0; steps++) {
    const { middle, scrollTop } = view;
    await page.mouse.wheel(0, -STEP_PX);
    view = await settledView(page);
    mostRows = Math.max(mostRows, view.rows);
    // Rows above the fold are measured as they come near: what one looks at goes with the wheel and nowhere else.
    if (middle !== null && scrollTop > STEP_PX) {
      const moved = (await topOf(page, middle.key)) - middle.top;
      expect(Math.abs(moved - STEP_PX), `at step ${steps} the row moved by ${moved} px`).toBeLessThanOrEqual(1);
    }
    if (history.asked() === prepends) continue;

    prepends = history.asked();
    expect(view.scrollTop, `the top shows before page ${prepends} is there`).toBeGreaterThan(TOP_PX);
    const anchor = view.middle;
    if (anchor === null) throw new Error("No row is drawn.");
    const stop = await follow(page, anchor.key);
    const { height } = view;
    history.release();
    await expect.poll(() => timeline(page).evaluate(({ scrollHeight }) => scrollHeight)).toBeGreaterThan(height);
    view = await settledView(page);
    expect(await stop(), `page ${prepends} moved what was read`).toBeLessThanOrEqual(1);
    expect(Math.abs((await topOf(page, anchor.key)) - anchor.top)).toBeLessThanOrEqual(1);
  }

  expect(prepends).toBeGreaterThanOrEqual(MESSAGES / 50 - 1);
  expect(mostRows).toBeLessThanOrEqual(60);
  await expect(page.getByText(`This is the beginning of #${name}`)).toBeInViewport();
  await expect(row(page, "Ravi Menon made this room")).toBeInViewport();

  const latest = page.getByRole("button", { name: "Jump to latest" });
  await expect(latest).toBeVisible();
  const reading = (await settledView(page)).middle;
  if (reading === null) throw new Error("No row is drawn.");
  for (const text of ["First news.", "Second news.", "Third news."]) await writer.say(roomId, text);
  const news = page.getByRole("button", { name: "3 new messages" });
  await expect(news).toBeVisible();
  expect(await topOf(page, reading.key)).toBe(reading.top);

  await news.click();
  await expect(row(page, "Third news.")).toBeInViewport();
  await expect(news).toBeHidden();
  expect((await settledView(page)).rows).toBeLessThanOrEqual(60);
});

test("a page of history that does not come says so in its place, and comes at the second try", async ({
  complaints,
  person,
  server,
}) => {
  complaints.tolerate(/net::ERR_FAILED/);
  const { name } = await fill(server.url, 80);
  const page = await person("Ines");
  await page.route(/\/messages\?.*before=/, (route) => route.abort());
  await joinRoom(page, name);

  await timeline(page).evaluate((scroller) => scroller.scrollTo({ top: 0 }));
  await expect(page.getByText("Older messages could not be loaded.")).toBeInViewport();
  await page.unroute(/\/messages\?.*before=/);
  await timeline(page).getByRole("button", { name: "Try again" }).click();

  await expect(page.getByText("Older messages could not be loaded.")).toBeHidden();
  await expect.poll(() => timeline(page).evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(500);
});
