/** How far a client has followed a room's log [S3]: only what comes next is applied, what is ahead of it waits. Pure. */
import type { Entry } from "../../../src/protocol/entries.js";

/** Entries that are ahead wait up to this many; those furthest ahead go first, and come again by `sync`. */
export const HELD_MAX = 500;

export interface RoomLog {
  /** seq of the last entry applied: everything up to it is */
  readonly last: number;
  /** the highest seq that the room is known to have */
  readonly head: number;
  /** what came ahead of its turn, by seq */
  readonly held: ReadonlyMap<number, Entry>;
}

/** @param last - everything up to it counts as applied */
export const logFrom = (last: number): RoomLog => ({ last, head: last, held: new Map() });

/** Whether something is known to be missing. */
export const isBehind = (log: RoomLog): boolean => log.head > log.last;

/**
 * Takes in entries that arrived, by whichever way and in whatever order.
 *
 * @returns the log, and the entries whose turn it was, ascending: each is given out once
 */
export function withArrived(log: RoomLog, entries: readonly Entry[]): { log: RoomLog; applied: Entry[] } {
  const fresh = entries.filter((entry) => entry.seq > log.last);
  if (fresh.length === 0) return { log, applied: [] };
  const held = new Map(log.held);
  for (const entry of fresh) if (!held.has(entry.seq)) held.set(entry.seq, entry);
  const head = fresh.reduce((highest, entry) => Math.max(highest, entry.seq), log.head);
  return drained(log.last, head, held);
}

/** Takes note that the room has an entry at `head`. */
export const withHead = (log: RoomLog, head: number): RoomLog => (head > log.head ? { ...log, head } : log);

/** Everything up to `seq` is void or known otherwise; what waits beyond it is given out where it follows on. */
export function movedTo(log: RoomLog, seq: number): { log: RoomLog; applied: Entry[] } {
  const held = new Map([...log.held].filter(([heldSeq]) => heldSeq > seq));
  const head = Math.max(seq, ...held.keys());
  return drained(seq, head, held);
}

function drained(from: number, head: number, held: Map<number, Entry>): { log: RoomLog; applied: Entry[] } {
  const applied: Entry[] = [];
  let last = from;
  for (let next = held.get(last + 1); next !== undefined; next = held.get(last + 1)) {
    applied.push(next);
    held.delete(next.seq);
    last = next.seq;
  }
  if (held.size > HELD_MAX) {
    const furthest = [...held.keys()].sort((a, b) => b - a).slice(0, held.size - HELD_MAX);
    for (const seq of furthest) held.delete(seq);
  }
  return { log: { last, head: Math.max(head, last), held }, applied };
}
