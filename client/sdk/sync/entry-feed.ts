/** Tells whoever listens of each entry that is new, once the state shows it. */
import type { Entry } from "../../../src/protocol/entries.js";

export type EntryListener = (entry: Entry) => void;

export interface EntryFeed {
  subscribe(listener: EntryListener): () => void;
  /** Tells of entries in a moment, in the order in which they are given. */
  tell(entries: readonly Entry[]): void;
  /** What was not told yet is not told any more. */
  clear(): void;
}

export function createEntryFeed(): EntryFeed {
  const listeners = new Set<EntryListener>();
  let generation = 0;

  return {
    subscribe(listener) {
      // A subscription of its own, also where the same function listens twice.
      const own: EntryListener = (entry) => listener(entry);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    tell(entries) {
      if (listeners.size === 0) return;
      const mine = generation;
      for (const entry of entries) {
        for (const listener of listeners) {
          // One microtask each: what a listener throws is its own affair, and keeps nobody from the rest.
          queueMicrotask(() => {
            if (mine === generation && listeners.has(listener)) listener(entry);
          });
        }
      }
    },
    clear: () => void (generation += 1),
  };
}
