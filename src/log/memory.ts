/**
 * What the server remembers of active rooms: the head, who may write, and the newest entries [D0] [G2].
 *
 * A room's head is set by this server's own confirmed write, by the confirmed prefix of one that met a duplicate key, or by a
 * majority read; never by anything else. Roles and the room's record follow its entries [G6]. A room is forgotten after
 * an outcome that is unknown [G4], and read again before it is written again; what was delivered of it is never forgotten.
 */
import type { Entry } from "../protocol/entries.js";
import type { MemberRole } from "../protocol/shapes.js";
import { noteEntry, type MessageMarks } from "./message-marks.js";
import type { Hashed } from "./entry-store.js";
import type { RoomRecord } from "./intents.js";

/** A room's newest entries kept in memory. */
export const RECENT_ENTRIES = 256;

/** All rooms' newest entries together, roughly, in bytes. */
const RECENT_BYTES_MAX = 128 * 1024 * 1024;
const ENTRY_BYTES = 600;
/** A room without entries takes memory too: many or long ids of rooms that do not exist must not fill it. */
const bytesOfId = (roomId: string) => 2_000 + roomId.length * 2;

export interface RoomMemory {
  readonly roomId: string;
  head: number;
  /** sentAt of the last entry, in milliseconds */
  lastSentAt: number;
  /** null when there is no such room; undefined when it was not read yet */
  record: RoomRecord | null | undefined;
  /** as of the head; a user who is not in the map was not read yet, null is "not a member" */
  readonly roles: Map<string, MemberRole | null>;
  /** contiguous up to the head, at most RECENT_ENTRIES */
  readonly recent: Hashed[];
  /** null until somebody asks what is unread */
  marks: MessageMarks | null;
  /** by sender and clientId, those of `recent` */
  readonly byClientId: Map<string, Hashed>;
  bytes: number;
}

export interface Memory {
  get(roomId: string): RoomMemory | undefined;
  /** Remembers a room at a head that a majority read has shown. */
  load(roomId: string, head: number, lastSentAt: number): RoomMemory;
  /** Takes entries in that are confirmed and follow the head. */
  append(room: RoomMemory, items: readonly Hashed[]): void;
  /** Puts entries before those that are kept, when they are contiguous with them. */
  prepend(room: RoomMemory, items: readonly Hashed[]): void;
  findByClientId(room: RoomMemory, senderId: string, clientId: string): Hashed | undefined;
  /** After an unknown outcome: the room is to be read again. */
  forget(roomId: string): void;
  /** Seq of the last entry handed to the dispatcher; undefined when the room has not been active since the start. */
  delivered(roomId: string): number | undefined;
  setDelivered(roomId: string, seq: number): void;
  /** The room was not made after all. */
  neverDelivered(roomId: string): void;
  /** Rooms that have to be read before they are written: their last outcome is unknown. */
  suspects(): readonly string[];
  isSuspect(roomId: string): boolean;
}

const keyOf = (senderId: string, clientId: string) => `${senderId} ${clientId}`;

const bytesOf = ({ entry }: Hashed) => ENTRY_BYTES + (entry.kind === "message" ? entry.text.length * 2 : 0);

/** Follows an entry: what it says of roles and of the room holds from here on. */
function follow(room: RoomMemory, entry: Entry): void {
  room.head = entry.seq;
  room.lastSentAt = Date.parse(entry.sentAt);
  const { record } = room;
  switch (entry.kind) {
    case "message":
      return;
    case "join":
      room.roles.set(entry.userId, "member");
      if (record) room.record = { ...record, memberCount: record.memberCount + 1 };
      return;
    case "leave":
      room.roles.set(entry.userId, null);
      if (record) room.record = { ...record, memberCount: record.memberCount - 1 };
      return;
    case "role":
      room.roles.set(entry.userId, entry.role);
      return;
    case "room": {
      if (!record) return;
      const { archived, ...fields } = entry.changes;
      const archivedAt = archived === undefined ? record.archivedAt : archived ? entry.sentAt : null;
      room.record = { ...record, ...definedOnly(fields), archivedAt };
    }
  }
}

/** A field that is there but undefined must not wipe what the record holds. */
function definedOnly<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

export function createMemory(): Memory {
  // Maps keep insertion order; a room is moved to the end when it is used, so the first ones are the longest unused.
  const rooms = new Map<string, RoomMemory>();
  const deliveredSeqs = new Map<string, number>();
  const unsure = new Set<string>();
  let bytes = 0;

  function drop(room: RoomMemory): void {
    rooms.delete(room.roomId);
    bytes -= room.bytes;
  }

  function removeOldest(room: RoomMemory): void {
    const item = room.recent.shift();
    if (item === undefined) return;
    room.bytes -= bytesOf(item);
    bytes -= bytesOf(item);
    const key = keyOf(item.entry.senderId, item.entry.clientId);
    if (room.byClientId.get(key) === item) room.byClientId.delete(key);
  }

  function count(room: RoomMemory, item: Hashed): void {
    const size = bytesOf(item);
    room.bytes += size;
    bytes += size;
    room.byClientId.set(keyOf(item.entry.senderId, item.entry.clientId), item);
  }

  /**
   * A room that fell out of the memory while it was written: what was read of it meanwhile is older than what is confirmed. One
   * that is to be read again stays out.
   */
  function putBack(room: RoomMemory): boolean {
    const other = rooms.get(room.roomId);
    if (other === room) return true;
    if (unsure.has(room.roomId)) return false;
    if (other !== undefined) drop(other);
    rooms.set(room.roomId, room);
    bytes += room.bytes;
    return true;
  }

  /** Rooms in the middle of a commit are the ones used last, so they are the last to go. */
  function makeRoom(except: RoomMemory): void {
    for (const room of rooms.values()) {
      if (bytes <= RECENT_BYTES_MAX) return;
      if (room !== except) drop(room);
    }
  }

  return {
    get(roomId) {
      const room = rooms.get(roomId);
      if (room !== undefined) {
        rooms.delete(roomId);
        rooms.set(roomId, room);
      }
      return room;
    },
    load(roomId, head, lastSentAt) {
      const known = rooms.get(roomId);
      if (known !== undefined) drop(known);
      const room: RoomMemory = {
        roomId,
        head,
        lastSentAt,
        record: undefined,
        roles: new Map(),
        recent: [],
        marks: null,
        byClientId: new Map(),
        bytes: bytesOfId(roomId),
      };
      rooms.set(roomId, room);
      unsure.delete(roomId);
      bytes += room.bytes;
      // What was there before this server came to know the room is nobody's to deliver: a socket that connects asks for it.
      if (head > 0 && !deliveredSeqs.has(roomId)) deliveredSeqs.set(roomId, head);
      if (bytes > RECENT_BYTES_MAX) makeRoom(room);
      return room;
    },
    append(room, items) {
      if (!putBack(room)) return;
      for (const item of items) {
        follow(room, item.entry);
        if (room.marks !== null) noteEntry(room.marks, item.entry);
        room.recent.push(item);
        count(room, item);
        if (room.recent.length > RECENT_ENTRIES) removeOldest(room);
      }
      if (bytes > RECENT_BYTES_MAX) makeRoom(room);
    },
    prepend(room, items) {
      const first = room.recent[0]?.entry.seq ?? room.head + 1;
      const space = RECENT_ENTRIES - room.recent.length;
      const older = items.filter(({ entry }) => entry.seq < first).slice(space > 0 ? -space : items.length);
      if (older.at(-1)?.entry.seq !== first - 1) return;
      room.recent.unshift(...older);
      for (const item of older) count(room, item);
      if (bytes > RECENT_BYTES_MAX) makeRoom(room);
    },
    findByClientId: (room, senderId, clientId) => room.byClientId.get(keyOf(senderId, clientId)),
    forget(roomId) {
      const room = rooms.get(roomId);
      if (room !== undefined) drop(room);
      unsure.add(roomId);
    },
    delivered: (roomId) => deliveredSeqs.get(roomId),
    setDelivered(roomId, seq) {
      deliveredSeqs.set(roomId, seq);
    },
    neverDelivered(roomId) {
      deliveredSeqs.delete(roomId);
    },
    suspects: () => [...unsure],
    isSuspect: (roomId) => unsure.has(roomId),
  };
}
