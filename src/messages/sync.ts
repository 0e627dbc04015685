/** `sync`: what a client has missed in all its rooms, within the bounds of one answer [S1]. */
import { fitting } from "../gateway/packets.js";
import type { Log } from "../log/log.js";
import type { Entry } from "../protocol/entries.js";
import type { SyncAnswer, SyncRoom } from "../protocol/events.js";
import { LIMITS } from "../protocol/limits.js";
import type { Membership } from "../protocol/shapes.js";

interface SyncDeps {
  log: Log;
  historyId(): string;
  /** by a majority read */
  membershipsOf(userId: string): Promise<Membership[]>;
}

/** What still fits into the answer. */
interface Budget {
  entries: number;
  bytes: number;
  /** one entry always fits */
  empty: boolean;
}

export type Sync = (userId: string, heads: Readonly<Record<string, number>>) => Promise<SyncAnswer>;

export function createSync({ log, historyId, membershipsOf }: SyncDeps): Sync {
  function isReset(given: number | undefined, head: number): boolean {
    if (given === undefined) return head > LIMITS.syncUnnamedMax;
    return given > head || head - given > LIMITS.syncBehindMax;
  }

  function takeFrom(budget: Budget, entries: readonly Entry[]): Entry[] {
    const fit = fitting(entries, budget.bytes);
    const count = budget.empty ? Math.max(1, fit.count) : fit.count;
    if (count === 0) return [];
    budget.entries -= count;
    budget.bytes -= fit.bytes;
    budget.empty = false;
    return entries.slice(0, count);
  }

  async function missed(roomId: string, after: number, head: number, budget: Budget): Promise<Entry[]> {
    if (budget.entries <= 0 || (budget.bytes <= 0 && !budget.empty)) return [];
    return takeFrom(budget, await log.entries(roomId, { after, head, limit: budget.entries }));
  }

  async function roomAnswer(
    membership: Membership,
    given: number | undefined,
    head: number,
    budget: Budget,
  ): Promise<SyncRoom> {
    const { roomId, userId, readSeq } = membership;
    const reset = isReset(given, head);
    const after = given ?? 0;
    const entries = reset ? [] : await missed(roomId, after, head, budget);
    const unread = readSeq < head ? await log.countByOthers(roomId, userId, readSeq, LIMITS.unreadMax) : 0;
    const more = !reset && (entries.at(-1)?.seq ?? after) < head;
    return { roomId, head, entries, more, reset, membership, unread, mentions: 0 };
  }

  return async (userId, given) => {
    const roomIds = (await membershipsOf(userId)).map(({ roomId }) => roomId);
    // Heads before memberships: whoever was removed meanwhile gets nothing of what came after [G2] [L6].
    const heads = await log.heads(roomIds);
    const memberships = new Map((await membershipsOf(userId)).map((membership) => [membership.roomId, membership]));
    const budget: Budget = { entries: LIMITS.syncEntriesMax, bytes: LIMITS.syncBytes, empty: true };
    const rooms: SyncRoom[] = [];
    for (const [roomId, membership] of memberships) {
      const head = heads.get(roomId);
      const named = Object.hasOwn(given, roomId) ? given[roomId] : undefined;
      // One room after the other, because each takes from what still fits.
      if (head !== undefined && head !== named) rooms.push(await roomAnswer(membership, named, head, budget));
    }
    return { historyId: historyId(), rooms, left: Object.keys(given).filter((roomId) => !memberships.has(roomId)) };
  };
}
