/** Scrolls a long room by script, as somebody at the wheel would, and looks at every step as it was painted. */
import type { Page } from "@playwright/test";
import { timeline } from "./page.js";

export interface Passage {
  steps: number;
  /** how far a row was ever from where the scrolling alone would have put it, in px */
  farthest: number;
  /** steps at which that was more than a pixel */
  jumps: number;
  /** steps that a page which came at the same moment took back: nothing moved */
  swallowed: number;
  mostRows: number;
  /** milliseconds from frame to frame, without those in which an older or newer page was waited for */
  frames: number[];
  /** keys of the messages that were drawn */
  messages: number;
  ms: number;
}

/**
 * Scrolls until there is nothing more in that direction.
 *
 * @param stepPx - each step; less than a screen, so that there is a row to follow
 */
export async function scrollThrough(page: Page, direction: "up" | "down", stepPx: number): Promise<Passage> {
  return await timeline(page).evaluate(
    async (scroller, { direction, stepPx }) => {
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const rows = () => [...scroller.querySelectorAll<HTMLElement>("[data-row]")];
      const scrollerTop = scroller.getBoundingClientRect().top;
      // Where the rows are painted, by key. What the document says between two frames may be on its way still: rows that a
      // page has just changed are measured, and moved, before anybody sees them.
      const painted = () =>
        new Promise<Map<string, number>>((resolve) => {
          const observer = new IntersectionObserver((entries) => {
            observer.disconnect();
            const places = entries.flatMap(({ target, boundingClientRect: { top, height } }): [string, number][] =>
              target instanceof HTMLElement && height > 0 ? [[target.dataset["row"] ?? "", top - scrollerTop]] : [],
            );
            resolve(new Map(places));
          });
          for (const element of rows()) observer.observe(element);
        });
      const room = () =>
        direction === "up" ? scroller.scrollTop : scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
      const sign = direction === "up" ? -1 : 1;
      const seen = new Set<string>();
      const frames: number[] = [];
      const startedAt = performance.now();
      const passage = { steps: 0, farthest: 0, jumps: 0, swallowed: 0, mostRows: 0 };
      let isWaiting = false;
      let isOver = false;
      let last = await frame();
      const tick = (now: number) => {
        if (!isWaiting) frames.push(now - last);
        last = now;
        if (!isOver) requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);

      let shown = await painted();
      for (let still = 0; still < 120;) {
        if (room() < stepPx + 1) {
          // The end of what is there: more comes, or it is the end.
          isWaiting = true;
          await frame();
          still += 1;
          if (room() < stepPx + 1 && still < 90) continue;
          // What has just come is measured and put in its place.
          await painted();
          shown = await painted();
        }
        const height = scroller.clientHeight;
        const drawn = rows();
        for (const element of drawn) if (element.querySelector(".msg")) seen.add(element.dataset["row"] ?? "");
        // A row that stays in sight through the step.
        const edge = direction === "up" ? height * 0.1 : height * 0.9;
        const anchor = [...shown].toSorted(([, a], [, b]) => Math.abs(a - edge) - Math.abs(b - edge))[0];
        const [key, from] = anchor ?? ["", 0];
        const moved = Math.min(stepPx, room());
        scroller.scrollTop += sign * stepPx;
        await painted();
        const metEnd = room() <= 1;
        shown = await painted();
        const shift = (shown.get(key) ?? Infinity) - from;
        isWaiting = false;
        if (moved > 0) {
          still = 0;
          passage.steps += 1;
          const went = -sign * shift;
          // Rows that nobody had measured took less than was guessed, and it was the end of what is there: no further.
          const isShort = (metEnd || room() <= 1) && went > 0 && went < moved;
          const distance = isShort ? 0 : Math.abs(went - moved);
          if (Math.abs(shift) <= 1) passage.swallowed += 1;
          else {
            passage.farthest = Math.max(passage.farthest, distance);
            if (distance > 1) passage.jumps += 1;
          }
        } else still += 1;
        passage.mostRows = Math.max(passage.mostRows, drawn.length);
      }
      isOver = true;
      for (const element of rows()) if (element.querySelector(".msg")) seen.add(element.dataset["row"] ?? "");
      return { ...passage, frames, messages: seen.size, ms: performance.now() - startedAt };
    },
    { direction, stepPx },
  );
}

/** Bytes on the JavaScript heap that are really in use. */
export async function usedHeap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return usedSize;
  } finally {
    await session.detach();
  }
}

/** The share `part` of all values is at most this. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}
