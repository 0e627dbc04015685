/**
 * How far each room has been looked at in this browser. It only takes from the server's `unread` what has been on screen
 * here, and never adds to it.
 */
import type { RoomState } from "../sdk/types.js";
import { messagesAfter } from "./timeline-items.js";

export interface Seen {
  get(roomId: string): number;
  /** Moves a room forward; never back. */
  mark(roomId: string, seq: number): void;
  subscribe(listener: () => void): () => void;
}

const keyOf = (accountId: string) => `parlance.seen.${accountId}`;

/** Reads what an earlier visit has seen; storage that is full or blocked costs only that memory. */
export function createSeen(storage: Storage | null, accountId: string): Seen {
  const listeners = new Set<() => void>();
  const seqs = new Map<string, number>(parse(storage?.getItem(keyOf(accountId)) ?? null));
  return {
    get: (roomId) => seqs.get(roomId) ?? 0,
    mark(roomId, seq) {
      if (seq <= (seqs.get(roomId) ?? 0)) return;
      seqs.set(roomId, seq);
      try {
        storage?.setItem(keyOf(accountId), JSON.stringify([...seqs]));
      } catch {
        // It then holds until the page is left.
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function parse(text: string | null): [string, number][] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value.filter(isPair) : [];
  } catch {
    return [];
  }
}

const isPair = (value: unknown): value is [string, number] =>
  Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "number";

/** The unread count to show: 100 stands for "more than 99". */
export function unreadOf({ view, rows, newer }: RoomState, seen: number, meId: string): number {
  if (view.unread === 0 || seen <= (view.membership?.readSeq ?? 0)) return view.unread;
  if (seen >= view.room.head) return 0;
  const first = rows.find((row) => row.kind === "entry");
  const loaded = newer === "end" && first?.kind === "entry" && first.entry.seq <= seen + 1;
  return loaded ? Math.min(view.unread, messagesAfter(rows, seen, meId)) : view.unread;
}
