/** The rooms that the person is in: where entries, views and pages of each come together. Asks the server nothing. */
import type { Entry } from "../../../src/protocol/entries.js";
import type { SyncRoom } from "../../../src/protocol/events.js";
import type { Member, Membership, Room, RoomView, User } from "../../../src/protocol/shapes.js";
import type { Pending, RoomState } from "../types.js";
import { membersWithEntry, membersWithUser, userIdsOf } from "./room-members.js";
import { HELD_MAX, isBehind, logFrom, movedTo, withArrived, withHead, type RoomLog } from "../sync/room-log.js";
import { createRoomStates } from "./room-state.js";
import {
  liveView,
  viewWithEntry,
  viewWithMembership,
  viewWithRoom,
  viewWithSync,
  viewWithUser,
  type LiveView,
} from "./room-view.js";
import {
  EMPTY_TIMELINE,
  withNewest,
  withOldest,
  withStretch,
  type Range,
  type Timeline,
} from "../timeline/timeline.js";

/** Rows held of a room that somebody reads through: what is farther away is given up, and loaded again on the way back. */
const WINDOW = 600;

/** Rows that live entries may add up to in an open room, besides what was loaded on request; and in one never opened. */
const KEPT_OPEN = 2_000;
const KEPT_UNOPENED = 100;

/** The newest entries of an opened room: about what a person has before their eyes. */
const ON_SHOW = 50;

export interface HeldRoom {
  readonly id: string;
  live: LiveView;
  log: RoomLog;
  /** from here on entries are news: what was there before the person came is not */
  readonly newFrom: number;
  timeline: Timeline;
  newest: RoomState["newest"];
  older: "idle" | "loading" | "failed";
  newer: RoomState["newer"];
  /** how many entries were loaded by going up: these are not given up to live ones */
  loadedOlder: number;
  members: readonly Member[] | null;
  /** the join, leave and role entries applied since the list was asked for; null when none is wanted */
  memberEntries: Entry[] | null;
  /** moves on when what was held is dropped: a page that was asked for before is void */
  epoch: number;
}

export interface RoomsDeps {
  myId(): string | null;
  pending(roomId: string): readonly Pending[];
  user(userId: string): User | undefined;
  /** Something that the state shows has changed. */
  onChange(): void;
  /** Entries took their turn, or the room's position moved: everything up to `last` is known. */
  onApplied(roomId: string, entries: readonly Entry[], last: number): void;
  /** Entries of one room that were not there when it was first seen: each once, in order. */
  onNew(entries: readonly Entry[]): void;
  /** Something is missing in a room, or a room is not known. */
  onBehind(): void;
}

export type Rooms = ReturnType<typeof createRooms>;

export function createRooms(deps: RoomsDeps) {
  const held = new Map<string, HeldRoom>();
  /** Entries of rooms whose view is not there yet. */
  const early = new Map<string, Entry[]>();
  /** How often each room was left or lost: an answer that was asked for before that must not bring it back. */
  const removals = new Map<string, number>();
  const states = createRoomStates(deps);

  function apply(room: HeldRoom, step: { log: RoomLog; applied: Entry[] }): void {
    room.log = step.log;
    const [first, last] = [step.applied[0], step.applied.at(-1)];
    if (first !== undefined && last !== undefined) {
      for (const entry of step.applied) {
        room.live = viewWithEntry(room.live, entry, deps.myId());
        if (entry.kind === "join" || entry.kind === "leave" || entry.kind === "role") room.memberEntries?.push(entry);
      }
      showMembers(room);
      // Away from the room's end they are loaded by whoever comes back to it.
      if (room.newer === "end")
        room.timeline = withStretch(room.timeline, step.applied, { from: first.seq, to: last.seq });
      room.timeline = withNewest(room.timeline, room.newest === "none" ? KEPT_UNOPENED : KEPT_OPEN + room.loadedOlder);
    }
    deps.onApplied(room.id, step.applied, room.log.last);
    deps.onNew(step.applied.filter((entry) => entry.seq >= room.newFrom));
    if (isBehind(room.log)) deps.onBehind();
    deps.onChange();
  }

  /** Applies what waits for a name as well: a join shows as soon as its user is known. */
  function showMembers(room: HeldRoom): void {
    if (room.members === null || room.memberEntries === null) return;
    for (const entry of room.memberEntries) {
      const user = entry.kind === "join" ? deps.user(entry.userId) : undefined;
      room.members = membersWithEntry(room.members, entry, user);
    }
    const unnamed = (entry: Entry) => entry.kind === "join" && deps.user(entry.userId) === undefined;
    if (!room.memberEntries.some(unnamed)) room.memberEntries = [];
  }

  function change(roomId: string, alter: (room: HeldRoom) => void): void {
    const room = held.get(roomId);
    if (room === undefined) return;
    alter(room);
    deps.onChange();
  }

  function arrived(roomId: string, entries: readonly Entry[]): void {
    const room = held.get(roomId);
    if (room !== undefined) return apply(room, withArrived(room.log, entries));
    early.set(roomId, [...(early.get(roomId) ?? []), ...entries].slice(0, HELD_MAX));
    deps.onBehind();
  }

  return {
    get: (roomId: string) => held.get(roomId),
    list: () => [...held.values()],
    /** What `sync` is asked with. */
    heads: (): Record<string, number> => Object.fromEntries([...held.values()].map(({ id, log }) => [id, log.last])),
    behind: () => [...held.values()].filter((room) => isBehind(room.log)),
    /** Whether entries came of a room that is not known. */
    hasStrangers: () => early.size > 0,
    forgetStrangers: () => early.clear(),
    removalsOf: (roomId: string) => removals.get(roomId) ?? 0,

    /**
     * Takes a room in, or a newer view of one that is held.
     *
     * @param cursor - everything up to it counts as applied, unless more is known already
     */
    add(view: RoomView, cursor: number): void {
      const known = held.get(view.room.id);
      if (known !== undefined) {
        if (view.room.head >= known.live.view.room.head) known.live = liveView(view);
        apply(known, { log: withHead(known.log, view.room.head), applied: [] });
        return;
      }
      const room: HeldRoom = {
        id: view.room.id,
        live: liveView(view),
        log: logFrom(cursor),
        // Joining sets `readSeq` to one's own `join` [L11].
        newFrom: Math.max(cursor + 1, view.membership?.readSeq ?? 0),
        timeline: EMPTY_TIMELINE,
        newest: "none",
        older: "idle",
        newer: "end",
        loadedOlder: 0,
        members: null,
        memberEntries: null,
        epoch: 0,
      };
      held.set(room.id, room);
      const waiting = early.get(room.id) ?? [];
      early.delete(room.id);
      apply(room, withArrived(room.log, waiting));
    },

    remove(roomId: string): void {
      removals.set(roomId, (removals.get(roomId) ?? 0) + 1);
      early.delete(roomId);
      if (!held.delete(roomId)) return;
      deps.onApplied(roomId, [], Infinity);
      deps.onChange();
    },

    clear(): void {
      held.clear();
      early.clear();
      deps.onChange();
    },

    /** Takes entries that arrived by any way and in any order [S3]. */
    arrived,

    /** Takes an answer to `sync` for a room that is held. */
    synced(answer: SyncRoom): void {
      const room = held.get(answer.roomId);
      if (room === undefined) return;
      apply(room, withArrived(room.log, answer.entries));
      room.log = withHead(room.log, answer.head);
      room.live = viewWithSync(room.live, answer);
      deps.onChange();
    },

    /** Takes note of how far a room has got. */
    atHead(roomId: string, head: number): void {
      const room = held.get(roomId);
      if (room === undefined) return deps.onBehind();
      room.log = withHead(room.log, head);
      if (isBehind(room.log)) deps.onBehind();
    },

    /** Drops what is held of a room's history, and goes on behind `head`: with what waits beyond it, or without. */
    reset(roomId: string, head: number, waiting: "keepHeld" | "dropHeld" = "keepHeld"): void {
      const room = held.get(roomId);
      if (room === undefined) return;
      room.epoch += 1;
      room.timeline = EMPTY_TIMELINE;
      room.older = "idle";
      room.newer = "end";
      room.loadedOlder = 0;
      if (room.newest === "ready") room.newest = "loading";
      apply(room, waiting === "keepHeld" ? movedTo(room.log, head) : { log: logFrom(head), applied: [] });
    },

    /** Takes a page of the history in. */
    addPage(room: HeldRoom, entries: readonly Entry[], range: Range): void {
      room.timeline = withStretch(room.timeline, entries, range);
      deps.onApplied(room.id, entries, room.log.last);
      deps.onChange();
    },

    /** Takes a page above or below the others in, and gives up rows at the other end. */
    extend(room: HeldRoom, entries: readonly Entry[], range: Range, at: "top" | "end"): void {
      const grown = withStretch(room.timeline, entries, range);
      room.timeline = at === "top" ? withOldest(grown, WINDOW) : withNewest(grown, WINDOW);
      if (at === "top") {
        room.loadedOlder = Math.min(room.loadedOlder + entries.length, WINDOW);
        if (room.timeline !== grown) room.newer = room.newer === "end" ? "more" : room.newer;
      } else if (room.timeline !== grown) room.older = "idle";
      deps.onApplied(room.id, entries, room.log.last);
      deps.onChange();
    },

    /** Says that the member list is asked for: from now on what the log tells of it is kept. */
    expectMembers(room: HeldRoom): void {
      room.memberEntries = room.memberEntries ?? [];
    },

    setMembers(room: HeldRoom, members: readonly Member[]): void {
      room.members = members;
      room.memberEntries ??= [];
      showMembers(room);
      deps.onChange();
    },

    change,
    roomChanged: (room: Room) => change(room.id, (known) => void (known.live = viewWithRoom(known.live, room))),
    membershipChanged: (membership: Membership) =>
      change(membership.roomId, (known) => void (known.live = viewWithMembership(known.live, membership))),

    /** Somebody's name or picture is known now, or another one. */
    userChanged(user: User): void {
      for (const room of held.values()) {
        room.live = viewWithUser(room.live, user);
        if (room.members !== null) room.members = membersWithUser(room.members, user);
        showMembers(room);
      }
      deps.onChange();
    },

    /** Whose names are on show: peers of direct rooms first, then who stands in opened rooms, the newest first, then members. */
    shownUserIds(): string[] {
      const all = [...held.values()];
      const opened = all.filter((room) => room.newest !== "none");
      return [
        ...all.flatMap((room) => room.live.view.peers.map(({ id }) => id)),
        ...opened.flatMap((room) => room.timeline.entries.slice(-ON_SHOW).toReversed().flatMap(userIdsOf)),
        ...opened.flatMap((room) => (room.members ?? []).map(({ user }) => user.id)),
      ];
    },

    /** What the state shows; keeps the identity of what did not change. */
    states: (before: ReadonlyMap<string, RoomState> | null) => states.of(held.values(), before),
  };
}
