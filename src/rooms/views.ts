/** Views: rooms as one user sees them, with the own membership and what is unread. */
import type { RoomRecord } from "../log/intents.js";
import type { LogReader } from "../log/reader.js";
import { LIMITS } from "../protocol/limits.js";
import type { Membership, Room, RoomView } from "../protocol/shapes.js";
import { noSuchRoom } from "./access.js";
import type { RoomStore } from "./store/room-store.js";

export interface Views {
  /** all rooms that `userId` is in */
  viewsOf(userId: string): Promise<RoomView[]>;
  /** One room, for its members and, when it is public, for anybody. @throws ChatError `not_found` */
  viewOf(roomId: string, userId: string): Promise<RoomView>;
}

interface ViewsDeps {
  store: Pick<RoomStore, "room" | "rooms" | "membership" | "membershipsOf">;
  log: Pick<LogReader, "head" | "heads" | "countByOthers">;
}

/** Counts of unread messages under way at once. */
const COUNTS_AT_ONCE = 8;

export function toRoom(record: RoomRecord, head: number): Room {
  return { ...record, head };
}

export function createViews({ store, log }: ViewsDeps): Views {
  async function view(record: RoomRecord, head: number, membership: Membership | null): Promise<RoomView> {
    const unread =
      membership === null || membership.readSeq >= head
        ? 0
        : await log.countByOthers(record.id, membership.userId, membership.readSeq, LIMITS.unreadMax);
    return { room: toRoom(record, head), membership, unread, mentions: 0, peers: [] };
  }

  return {
    async viewsOf(userId) {
      const memberships = await store.membershipsOf(userId);
      const roomIds = memberships.map(({ roomId }) => roomId);
      // Heads first: what is read after them may be newer than they say, never older.
      const heads = await log.heads(roomIds);
      const records = new Map((await store.rooms(roomIds)).map((record) => [record.id, record]));
      const views: RoomView[] = [];
      for (let start = 0; start < memberships.length; start += COUNTS_AT_ONCE) {
        const few = memberships.slice(start, start + COUNTS_AT_ONCE).flatMap((membership) => {
          const record = records.get(membership.roomId);
          return record === undefined ? [] : [view(record, heads.get(record.id) ?? 0, membership)];
        });
        views.push(...(await Promise.all(few)));
      }
      return views;
    },
    async viewOf(roomId, userId) {
      const head = await log.head(roomId);
      const [record, membership] = await Promise.all([store.room(roomId), store.membership(roomId, userId)]);
      if (record === null || (membership === null && record.kind !== "public")) throw noSuchRoom();
      return await view(record, head, membership);
    },
  };
}
