/** One Tab stop for the whole list: arrows move a focus inside it, which stays with its row. */
import { useCallback, useLayoutEffect, useRef, type KeyboardEvent, type RefObject } from "react";
import type { TimelineItem } from "../../logic/timeline-items.js";
import type { TimelineVirtualizer } from "./use-timeline-scroll.js";

interface Roving {
  /** the row that Tab enters: where the focus was, else the last one */
  entryKey: string | null;
  onKeyDown: (event: KeyboardEvent) => void;
  onFocusRow: (key: string) => void;
}

export function useRoving({
  items,
  virtualizer,
  scroller,
  focusedKey,
  setFocusedKey,
}: {
  items: readonly TimelineItem[];
  virtualizer: TimelineVirtualizer;
  scroller: RefObject<HTMLDivElement | null>;
  focusedKey: string | null;
  setFocusedKey: (key: string) => void;
}): Roving {
  const wanted = useRef<string | null>(null);
  const at = focusedKey === null ? -1 : items.findIndex((item) => item.key === focusedKey);
  const entry = at === -1 ? items.length - 1 : at;

  // The row may have to be drawn first: the focus goes to it in the render that does.
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(wanted.current)}"]`);
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Inside a row's button, link or code block the keys are its own.
    if (!(event.target instanceof HTMLElement) || event.target.dataset.row === undefined) return;
    const steps: Record<string, number> = {
      ArrowUp: entry - 1,
      ArrowDown: entry + 1,
      Home: 0,
      End: items.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const item = items[to];
    if (item === undefined) return;
    wanted.current = item.key;
    virtualizer.scrollToIndex(to, { align: "auto" });
    setFocusedKey(item.key);
  };

  const onFocusRow = useCallback((key: string) => setFocusedKey(key), [setFocusedKey]);
  return { entryKey: items[entry]?.key ?? null, onKeyDown, onFocusRow };
}
