/** The focus is never lost to the page's body: whoever takes away what had it says where it goes. */
import { useEffect, type RefObject } from "react";
import { isShown } from "./is-shown.js";

/** Whether the focus is nowhere, or in something that is not shown any more. */
function focusIsLost(): boolean {
  const active = document.activeElement;
  if (active === null || active === document.body) return true;
  return !isShown(active);
}

/** Gives the focus to a part while `when` holds, unless something that is shown has it. */
export function useFocusWhenLost(part: RefObject<HTMLElement | null>, when = true): void {
  useEffect(() => {
    if (when && focusIsLost()) part.current?.focus({ preventScroll: true });
  }, [part, when]);
}

/** After a layer has gone together with the button that opened it: the focus goes where one writes, else to the page. */
export function useFocusAfterUnmount(): void {
  useEffect(
    () => () => {
      // A frame later: the layer has given the page back, and the focus to whoever it could.
      requestAnimationFrame(() => {
        if (!focusIsLost()) return;
        const places = document.querySelectorAll<HTMLElement>("#composer, main");
        [...places].filter(isShown).at(-1)?.focus({ preventScroll: true });
      });
    },
    [],
  );
}
