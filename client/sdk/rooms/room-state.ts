/** From what is held of a room to what the state shows of it; what did not change keeps its identity. */
import type { Pending, RoomState, Row } from "../types.js";
import type { HeldRoom } from "./rooms.js";
import { firstHeld, rowsOf, type Timeline } from "../timeline/timeline.js";

interface RoomStatesDeps {
  myId(): string | null;
  pending(roomId: string): readonly Pending[];
}

interface Made {
  timeline: Timeline;
  pending: readonly Pending[];
  myId: string | null;
  rows: readonly Row[];
}

function olderOf({ timeline, older }: HeldRoom): RoomState["older"] {
  if (firstHeld(timeline) === 1) return "start";
  return older === "idle" ? "more" : older;
}

export function createRoomStates({ myId, pending }: RoomStatesDeps) {
  const made = new WeakMap<HeldRoom, Made>();

  function rows(room: HeldRoom): readonly Row[] {
    const [items, me, known] = [pending(room.id), myId(), made.get(room)];
    if (known?.timeline === room.timeline && known.pending === items && known.myId === me) return known.rows;
    const next = { timeline: room.timeline, pending: items, myId: me, rows: rowsOf(room.timeline, items, me) };
    made.set(room, next);
    return next.rows;
  }

  function stateOf(room: HeldRoom, before: RoomState | undefined): RoomState {
    const next: RoomState = {
      view: room.live.view,
      rows: rows(room),
      newest: room.newest,
      older: olderOf(room),
      newer: room.newer,
      members: room.members,
    };
    const isSame =
      before !== undefined &&
      before.view === next.view &&
      before.rows === next.rows &&
      before.newest === next.newest &&
      before.older === next.older &&
      before.newer === next.newer &&
      before.members === next.members;
    return isSame ? before : next;
  }

  return {
    of(held: Iterable<HeldRoom>, before: ReadonlyMap<string, RoomState> | null): ReadonlyMap<string, RoomState> {
      const next = new Map<string, RoomState>();
      let isSame = before !== null;
      for (const room of held) {
        const known = before?.get(room.id);
        const state = stateOf(room, known);
        if (state !== known) isSame = false;
        next.set(room.id, state);
      }
      return before !== null && isSame && next.size === before.size ? before : next;
    },
  };
}
