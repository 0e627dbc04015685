/** Keys that work anywhere in the shell: Alt+↑/↓ for rooms, F6 for regions, and typing that lands in the composer. */
import { useEffect, useRef } from "react";
import { isShown } from "./is-shown.js";

interface ShellKeys {
  /** room ids as the rail shows them */
  order: readonly string[] | null;
  here: string | null;
  onOpen: (roomId: string) => void;
}

export function useShellKeys(keys: ShellKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || layerOpen()) return;
      if (event.altKey && !event.shiftKey && !event.ctrlKey && !event.metaKey) moveRoom(event, latest.current);
      else if (event.key === "F6") moveRegion(event);
      else typeIntoComposer(event);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** A dialog or menu has the keyboard to itself. */
const layerOpen = () => document.querySelector("[role=dialog], [role=menu]") !== null;

function moveRoom(event: KeyboardEvent, { order, here, onOpen }: ShellKeys) {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || order === null || order.length === 0) return;
  event.preventDefault();
  const at = here === null ? -1 : order.indexOf(here);
  const next = at === -1 ? (step === 1 ? 0 : order.length - 1) : (at + step + order.length) % order.length;
  const roomId = order[next];
  if (roomId !== undefined && roomId !== here) onOpen(roomId);
}

/** The regions in the order in which they stand; each is entered where its own focus is. */
const REGIONS = [
  { region: ".rail", entry: ".rail [aria-current], .rail a, .rail button" },
  { region: ".timeline", entry: ".timeline [data-row][tabindex='0']" },
  { region: ".foot-room", entry: "#composer" },
  { region: ".side", entry: ".side button" },
] as const;

function moveRegion(event: KeyboardEvent) {
  event.preventDefault();
  const there = REGIONS.flatMap(({ region, entry }) => {
    const node = document.querySelector<HTMLElement>(entry);
    return node !== null && isShown(node) ? [{ region, node }] : [];
  });
  const at = there.findIndex(({ region }) => document.activeElement?.closest(region));
  const step = event.shiftKey || event.ctrlKey ? -1 : 1;
  there.at((at + step) % there.length)?.node.focus();
}

/** A letter typed outside every field belongs to the message: the field gets the focus while the key is still going down. */
function typeIntoComposer(event: KeyboardEvent) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, textarea, select, [contenteditable]")) return;
  document.querySelector<HTMLTextAreaElement>("#composer")?.focus();
}
