/** The rail's order and words: which room comes first, and what it is called. */
import type { RoomState } from "../sdk/types.js";

/** What a room is called; a direct one by its people. */
export function roomName(state: RoomState): string {
  const { room, peers } = state.view;
  return room.name ?? (peers.map((peer) => peer.displayName).join(", ") || "Direct messages");
}

/** When something last happened in a room, as far as is known here: its last loaded entry, else one's own joining. */
function activity({ view, rows }: RoomState): string {
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const row = rows[index];
    if (row?.kind === "entry") return row.entry.sentAt;
  }
  return view.membership?.joinedAt ?? view.room.createdAt;
}

/** The ids of all rooms, those with the latest activity first. */
export function byActivity(rooms: ReadonlyMap<string, RoomState>): string[] {
  const dated = [...rooms].map(([id, state]) => ({ id, at: activity(state), name: roomName(state) }));
  dated.sort((a, b) => (a.at === b.at ? a.name.localeCompare(b.name) : a.at < b.at ? 1 : -1));
  return dated.map(({ id }) => id);
}

/**
 * The order to show while somebody points at the list: what is there stays where it is, what is new goes to the end, what is
 * gone goes.
 */
export function heldOrder(shown: readonly string[], wanted: readonly string[]): string[] {
  const there = new Set(wanted);
  const kept = shown.filter((id) => there.has(id));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((id) => !known.has(id))];
}

/** Counts stop at 99: "99+". */
export const cappedCount = (count: number) => (count > 99 ? "99+" : String(count));
