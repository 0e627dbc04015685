import { useSyncExternalStore } from "react";

/** One pane at a time: the same width as in styles/frame.css. */
export const PHONE = "(max-width: 720px)";
/** The people of a room take the room's place: the same width as in styles/frame.css. */
export const NARROW = "(max-width: 900px)";
/** Fingers: Enter makes a new line there, and no field is focused unasked, or the keyboard would pop up. */
export const TOUCH = "(pointer: coarse)";

const matches = (query: string) => typeof matchMedia === "function" && matchMedia(query).matches;

/** Whether a media query holds, kept current. False where there are none (tests). */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      if (typeof matchMedia !== "function") return () => undefined;
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => matches(query),
  );
}
