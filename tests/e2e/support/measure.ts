/** Measures that hold for every screen: how wide the page is, and how big what a finger aims at. */
import { expect, type Page } from "@playwright/test";

const TARGET_PX = 44;

/** Nothing scrolls sideways, and nothing stands out at the right. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wide = () =>
    page.evaluate(() => {
      const { clientWidth, scrollWidth } = document.documentElement;
      const out = [...document.querySelectorAll<HTMLElement>("body *")].filter((element) => {
        const box = element.getBoundingClientRect();
        // Code scrolls inside its own box.
        return element.checkVisibility() && element.closest("pre") === null && box.right > clientWidth + 0.5;
      });
      return { over: scrollWidth - clientWidth, out: out.map(({ tagName, className }) => `${tagName}.${className}`) };
    });
  // What floats, such as a menu, finds its place a moment after the window has changed.
  const expectSoon = expect.configure({ soft: true });
  await expectSoon.poll(wide, `at ${page.viewportSize()?.width} px`).toEqual({ over: 0, out: [] });
}

/** Everything that can be pressed is big enough for a finger; links inside a text are not made for that. */
export async function expectBigTargets(page: Page): Promise<void> {
  const small = await page.evaluate((least) => {
    const pressable = "a[href], button, input, textarea, select, [role^=menuitem], [role=tab]";
    return [...document.querySelectorAll<HTMLElement>(pressable)].flatMap((element) => {
      const target = element.matches("input[type=checkbox], input[type=radio]")
        ? (element.closest<HTMLElement>("label") ?? element)
        : element;
      const box = target.getBoundingClientRect();
      const inText = element.matches("article p a, article li a");
      const shown = element.checkVisibility({ visibilityProperty: true }) && !element.matches(".skip");
      if (inText || !shown || (box.width >= least - 0.5 && box.height >= least - 0.5)) return [];
      const name = element.getAttribute("aria-label") ?? element.textContent ?? "";
      return [`${element.tagName} “${name.trim().slice(0, 40)}”: ${Math.round(box.width)} × ${Math.round(box.height)}`];
    });
  }, TARGET_PX);
  expect.soft(small, "too small for a finger").toEqual([]);
}
