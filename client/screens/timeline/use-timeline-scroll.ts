/** Where the timeline stands: at the end it follows, anywhere else nothing moves what is being read. */
import { defaultRangeExtractor, useVirtualizer, type Range, type Virtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { TimelineItem } from "../../logic/timeline-items.js";
import { TOP_HEIGHT } from "./top-block.js";

export type TimelineVirtualizer = Virtualizer<HTMLDivElement, Element>;

/** Older pages are asked for while there is still this much to scroll: before the top edge shows. */
const FETCH_ABOVE = 1_000;
/** Newer ones likewise, where the newest rows were given up: nobody has measured the last ones, they may take half of what was guessed. */
const FETCH_BELOW = 3_000;
/** This close to the end counts as there. */
const END_THRESHOLD = 80;

interface TimelineScroll {
  virtualizer: TimelineVirtualizer;
  atEnd: boolean;
  /** the day of what stands at the top edge */
  topDay: string | null;
  toEnd: () => void;
}

export function useTimelineScroll({
  items,
  scroller,
  focusedKey,
  mayLoadOlder,
  onLoadOlder,
  isWhole,
  mayLoadNewer,
  onLoadNewer,
  onLoadNewest,
  lastPending,
}: {
  items: readonly TimelineItem[];
  scroller: RefObject<HTMLDivElement | null>;
  /** this row stays drawn wherever one scrolls, or its focus would be lost */
  focusedKey: string | null;
  mayLoadOlder: boolean;
  onLoadOlder: () => void;
  /** whether the last row is the room's last one */
  isWhole: boolean;
  mayLoadNewer: boolean;
  onLoadNewer: () => void;
  onLoadNewest: () => void;
  /** the key of the newest thing of one's own on its way, if any */
  lastPending: string | undefined;
}): TimelineScroll {
  const [atEnd, setAtEnd] = useState(true);
  const [topDay, setTopDay] = useState<string | null>(null);
  // A page that is put below is no news to be followed, neither is the one that reaches the room's end.
  const [wasWhole, setWasWhole] = useState(isWhole);
  useEffect(() => setWasWhole(isWhole), [isWhole]);

  const virtualizer: TimelineVirtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 60,
    getItemKey: useCallback((index: number) => items[index]?.key ?? index, [items]),
    anchorTo: "end",
    followOnAppend: isWhole && wasWhole,
    // The end of what is loaded is none to stay at: what is read would follow the heights of the rows below it.
    scrollEndThreshold: isWhole ? END_THRESHOLD : -1,
    overscan: 6,
    // The block above the first row is no item: it has one height in all its states, and prepending leaves it where it is.
    paddingStart: TOP_HEIGHT,
    paddingEnd: 10,
    rangeExtractor: useCallback(
      (range: Range) => {
        const drawn = defaultRangeExtractor(range);
        const focused = focusedKey === null ? -1 : items.findIndex((item) => item.key === focusedKey);
        return focused === -1 || drawn.includes(focused) ? drawn : [...drawn, focused].sort((a, b) => a - b);
      },
      [items, focusedKey],
    ),
  });
  useStillRows(virtualizer, items[0]?.key);
  useForgottenSizes(virtualizer, items);

  const look = useCallback(() => {
    const node = scroller.current;
    if (node === null) return;
    setAtEnd(isWhole && virtualizer.isAtEnd(END_THRESHOLD));
    const top = virtualizer.getVirtualItemForOffset(node.scrollTop + 4);
    setTopDay(node.scrollTop <= TOP_HEIGHT || top === undefined ? null : dayAt(items, top.index));
    if (mayLoadOlder && node.scrollTop < FETCH_ABOVE) onLoadOlder();
    const below = node.scrollHeight - node.clientHeight - node.scrollTop;
    if (mayLoadNewer && below < FETCH_BELOW) onLoadNewer();
  }, [isWhole, items, mayLoadNewer, mayLoadOlder, onLoadNewer, onLoadOlder, scroller, virtualizer]);

  // The room opens at its end, before the first paint.
  const filled = items.length > 0;
  useLayoutEffect(() => {
    if (filled) virtualizer.scrollToEnd();
  }, [filled, virtualizer]);

  useEffect(() => {
    const node = scroller.current;
    if (node === null) return;
    node.addEventListener("scroll", look, { passive: true });
    // A frame later: the rows that just came have been measured and scrolled to by then.
    const frame = requestAnimationFrame(look);
    return () => {
      node.removeEventListener("scroll", look);
      cancelAnimationFrame(frame);
    };
  }, [filled, look, scroller]);

  useKeptAtEnd({ scroller, filled, atEnd, virtualizer });

  // Where the newest rows were given up, the end is shown once they are back.
  const wantsEnd = useRef(!isWhole);
  const toEnd = useCallback(() => {
    wantsEnd.current = !isWhole;
    if (!isWhole) return onLoadNewest();
    virtualizer.scrollToEnd();
    setAtEnd(true);
  }, [isWhole, onLoadNewest, virtualizer]);
  // A room that was left far up is entered at its end.
  useEffect(() => {
    if (wantsEnd.current) onLoadNewest();
  }, [onLoadNewest]);
  useLayoutEffect(() => {
    if (!isWhole || !wantsEnd.current) return;
    wantsEnd.current = false;
    virtualizer.scrollToEnd();
    setAtEnd(true);
  }, [isWhole, virtualizer]);
  useOwnSendShows(lastPending, toEnd);

  return { virtualizer, atEnd, topDay, toEnd };
}

/**
 * A row above the fold that changes its size moves nothing that is being read; the library's own rule leaves that out while
 * one scrolls up. The row that is first shows its day and its name, and loses them when older ones come above it: it grows
 * and shrinks at its top, so what stands below its top must not follow.
 */
function useStillRows(virtualizer: TimelineVirtualizer, firstKey: string | undefined) {
  const formerFirst = useRef<string | undefined>(undefined);
  const wentUp = useRef(false);
  useLayoutEffect(
    () => () => {
      formerFirst.current = firstKey;
    },
    [firstKey],
  );
  useLayoutEffect(() => {
    // The library takes this rule as a property of its instance, not as an option.
    // oxlint-disable-next-line react/immutability
    virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, instance) => {
      const offset = instance.scrollOffset ?? 0;
      const isBelow = item.start >= offset + (instance.scrollRect?.height ?? 0);
      const drawnBefore = instance.itemSizeCache.has(item.key);
      const { scrollDirection } = instance;
      // On a busy machine a row is measured when the scrolling that brought it counts as over.
      if (scrollDirection !== null) wentUp.current = scrollDirection === "backward";
      if (item.index === 0 || item.key === formerFirst.current) return !isBelow;
      // Going up, what is new to the eye stands above what is being read: rows that nobody has measured, when the wheel turns
      // quickly, and lines whose names come a moment later.
      if (scrollDirection === "backward" || (wentUp.current && !drawnBefore)) return !isBelow;
      return drawnBefore ? item.end <= offset + 1 : item.start < offset;
    };
  }, [virtualizer]);
}

/** Sizes of rows that were given up: without this they would add up with every page. */
function useForgottenSizes(virtualizer: TimelineVirtualizer, items: readonly TimelineItem[]) {
  useEffect(() => {
    const sizes = virtualizer.itemSizeCache;
    if (sizes.size <= items.length * 2) return;
    const held = new Set<unknown>(items.map(({ key }) => key));
    for (const key of sizes.keys()) if (!held.has(key)) sizes.delete(key);
  }, [items, virtualizer]);
}

/** When the composer grows or the keyboard comes up, the end stays in view. */
function useKeptAtEnd({
  scroller,
  filled,
  atEnd,
  virtualizer,
}: {
  scroller: RefObject<HTMLDivElement | null>;
  filled: boolean;
  atEnd: boolean;
  virtualizer: TimelineVirtualizer;
}) {
  const wasAtEnd = useRef(atEnd);
  useEffect(() => {
    wasAtEnd.current = atEnd;
  }, [atEnd]);
  useEffect(() => {
    const node = scroller.current;
    if (node === null || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (wasAtEnd.current) virtualizer.scrollToEnd();
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, [filled, scroller, virtualizer]);
}

/** Whoever sends a message sees it, wherever they were reading. */
function useOwnSendShows(lastPending: string | undefined, toEnd: () => void) {
  const shown = useRef(lastPending);
  useLayoutEffect(() => {
    if (lastPending === undefined || lastPending === shown.current) return;
    shown.current = lastPending;
    toEnd();
  }, [lastPending, toEnd]);
}

function dayAt(items: readonly TimelineItem[], index: number): string | null {
  for (let at = index; at >= 0; at -= 1) {
    const day = items[at]?.day;
    if (day) return day;
  }
  return null;
}
