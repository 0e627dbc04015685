/**
 * Reads a room's log: the newest entries of active rooms from memory [D0], the rest from MongoDB. Everything it returns is
 * majority-committed [L5]. Permission is the caller's business.
 */
import type { Entry } from "../protocol/entries.js";
import { isTimelineKind } from "./entry-model.js";
import type { EntryStore } from "./entry-store.js";
import type { MemberRole } from "../protocol/shapes.js";
import type { RoomRecord, RoomSource } from "./intents.js";
import { countAfter, MARKS_MAX, noteEntry, type MessageMarks } from "./message-marks.js";
import { RECENT_ENTRIES, type Memory, type RoomMemory } from "./memory.js";

export interface TimelinePage {
  /** ascending */
  entries: Entry[];
  /** whether the timeline goes on before and after */
  older: boolean;
  newer: boolean;
}

export interface LogReader {
  /** Seq of the last entry of each room, 0 for none. */
  heads(roomIds: readonly string[]): Promise<Map<string, number>>;
  head(roomId: string): Promise<number>;
  /** Every kind, ascending, from `after` (exclusive) to `head` (inclusive). */
  entries(roomId: string, bounds: { after: number; head: number; limit: number }): Promise<Entry[]>;
  /** Timeline kinds with `from <= seq <= to`; a page shorter than the span keeps the end that `end` names. */
  timeline(
    roomId: string,
    bounds: { from: number; to: number; end: "first" | "last"; limit: number },
  ): Promise<TimelinePage>;
  /** Whether the timeline has anything from `from` to the head; asks memory, where the newest entries are, first. */
  timelineReaches(roomId: string, from: number, head: number): Promise<boolean>;
  /** One entry, when it stands in the timeline. */
  timelineEntry(roomId: string, seq: number): Promise<Entry | null>;
  countByOthers(roomId: string, userId: string, after: number, limit: number): Promise<number>;
  /** The room, and what `userId` is in it now; null where there is none. */
  roomAndRole(roomId: string, userId: string): Promise<RoomAndRole>;
}

export interface RoomAndRole {
  record: RoomRecord | null;
  role: MemberRole | null;
}

interface LogReaderDeps {
  store: EntryStore;
  memory: Memory;
  rooms: RoomSource;
}

export function createLogReader({ store, memory, rooms }: LogReaderDeps): LogReader {
  const marksLoading = new Map<string, Promise<MessageMarks | null>>();

  /** First seq that memory holds; entries from there to the head are all there. */
  const firstKept = (room: RoomMemory) => room.recent[0]?.entry.seq ?? room.head + 1;

  /** The newest entries of a room that is asked for are kept for whoever asks next. */
  async function warm(roomId: string): Promise<RoomMemory | undefined> {
    const known = memory.get(roomId);
    if (known !== undefined && (firstKept(known) === 1 || known.recent.length >= RECENT_ENTRIES)) return known;
    if (memory.isSuspect(roomId)) return undefined;
    const found = await store.newest(roomId, RECENT_ENTRIES);
    const last = found.at(-1)?.entry;
    if (last === undefined || memory.isSuspect(roomId)) return undefined;
    // A writer may have come to know the room meanwhile: its head is newer, never older, and stays.
    const room = memory.get(roomId) ?? memory.load(roomId, last.seq, Date.parse(last.sentAt));
    memory.prepend(room, found);
    return room;
  }

  async function loadMarks(roomId: string): Promise<MessageMarks | null> {
    const room = await warm(roomId);
    if (room === undefined) return null;
    const to = room.head;
    const marks = await store.newestMarks(roomId, to, MARKS_MAX);
    // What was appended meanwhile follows, as far as it is still there.
    if (memory.get(roomId) !== room || firstKept(room) > to + 1) return null;
    const reach = marks.length < MARKS_MAX ? 1 : (marks[0]?.seq ?? 1);
    room.marks = { reach, marks };
    for (const { entry } of room.recent) if (entry.seq > to) noteEntry(room.marks, entry);
    return room.marks;
  }

  /** Asked for by many at once, they are read once. */
  async function marksOf(roomId: string): Promise<MessageMarks | null> {
    const known = memory.get(roomId)?.marks ?? null;
    if (known !== null) return known;
    const loading = marksLoading.get(roomId) ?? loadMarks(roomId).finally(() => marksLoading.delete(roomId));
    marksLoading.set(roomId, loading);
    return await loading;
  }

  async function heads(roomIds: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const cold: string[] = [];
    for (const roomId of new Set(roomIds)) {
      const room = memory.get(roomId);
      if (room === undefined) cold.push(roomId);
      else found.set(roomId, room.head);
    }
    for (const { roomId, seq } of await store.heads(cold)) found.set(roomId, seq);
    return found;
  }

  /** What is wanted, when memory holds all of it from `from` on. */
  function kept(room: RoomMemory | undefined, from: number): Entry[] | null {
    if (room === undefined || from < firstKept(room)) return null;
    return room.recent.slice(from - firstKept(room)).map(({ entry }) => entry);
  }

  /** The newest `limit` timeline entries up to `to`, when memory holds them all. */
  function keptTail(room: RoomMemory | undefined, to: number, limit: number): TimelinePage | null {
    if (room === undefined || to < room.head) return null;
    const shown = room.recent
      .map(({ entry }) => entry)
      .filter((entry) => isTimelineKind(entry.kind) && entry.seq <= to);
    const whole = firstKept(room) === 1;
    // One more than asked for tells whether there is an older one.
    if (!whole && shown.length <= limit) return null;
    return { entries: shown.slice(-limit), older: shown.length > limit, newer: false };
  }

  return {
    heads,
    async head(roomId) {
      return memory.get(roomId)?.head ?? (await heads([roomId])).get(roomId) ?? 0;
    },
    async entries(roomId, { after, head, limit }) {
      if (after >= head) return [];
      const room = head - after <= RECENT_ENTRIES ? await warm(roomId) : memory.get(roomId);
      const fromMemory = kept(room, after + 1);
      if (fromMemory !== null) return fromMemory.filter(({ seq }) => seq <= head).slice(0, limit);
      return (await store.range(roomId, { after, before: head + 1, limit })).map(({ entry }) => entry);
    },
    async timeline(roomId, { from, to, end, limit }) {
      if (end === "last" && from <= 1) {
        const fromMemory = keptTail(await warm(roomId), to, limit);
        if (fromMemory !== null) return fromMemory;
      }
      const found = await store.timeline(roomId, { from, to, end, limit: limit + 1 });
      const cut = found.length > limit;
      if (end === "first") return { entries: cut ? found.slice(0, limit) : found, older: false, newer: cut };
      return { entries: cut ? found.slice(1) : found, older: cut, newer: false };
    },
    async timelineReaches(roomId, from, head) {
      if (from > head) return false;
      const newest = memory.get(roomId)?.recent.findLast(({ entry }) => isTimelineKind(entry.kind))?.entry;
      if (newest !== undefined && newest.seq >= from) return true;
      return (await store.timeline(roomId, { from, to: head, end: "last", limit: 1 })).length > 0;
    },
    async timelineEntry(roomId, seq) {
      const room = memory.get(roomId);
      const known = room?.recent[seq - firstKept(room)]?.entry;
      const entry = known ?? (await store.one(roomId, seq));
      return entry !== null && isTimelineKind(entry.kind) ? entry : null;
    },
    async countByOthers(roomId, userId, after, limit) {
      const marks = await marksOf(roomId);
      const counted = marks === null ? null : countAfter(marks, userId, after, limit);
      return counted ?? (await store.countByOthers(roomId, userId, after, limit));
    },
    async roomAndRole(roomId, userId) {
      const room = memory.get(roomId);
      const known = room?.roles.get(userId);
      if (room?.record !== undefined && known !== undefined) return { record: room.record, role: known };
      const headBefore = room?.head;
      const [[record = null], [member]] = await Promise.all([
        rooms.loadRooms([roomId]),
        rooms.loadRoles([{ roomId, userId }]),
      ]);
      const role = member?.role ?? null;
      // An entry that came meanwhile may have changed what was read: then it is not kept. Nor does it replace a record that is
      // known: what was read may hold an entry already whose confirmation, and whose turn to be counted, is still to come.
      if (room !== undefined && memory.get(roomId) === room && room.head === headBefore) {
        room.record ??= record;
        if (role !== null) room.roles.set(userId, role);
      }
      return { record, role };
    },
  };
}
