/** What waits for its place in the log: in the order of arrival, bounded [G9], one item a clientId [G3]. */
import { ChatError } from "../../protocol/errors.js";
import type { Entry } from "../../protocol/entries.js";
import type { Proposal } from "../intents.js";

/** `entry` is null when nothing had to be appended. `repeat`: the clientId had been appended before. */
export interface Appended {
  entry: Entry | null;
  repeat: boolean;
}

interface Waiter {
  resolve(appended: Appended): void;
  reject(error: Error): void;
  /** by a steady clock */
  deadline: number;
}

export interface Item {
  readonly proposal: Proposal;
  readonly contentHash: string;
  /** its outcome was unknown once: what is found under its clientId may be its own */
  attempted: boolean;
  readonly waiters: Waiter[];
}

export interface Queue {
  /**
   * @throws ChatError `unavailable` when the room's or the server's queue is full, or no answer came in time (it may still be
   * appended); `client_id_reused` when the same clientId waits with other content
   */
  add(proposal: Proposal, contentHash: string): Promise<Appended>;
  /** Up to `limit` items in order of arrival, of rooms that are not held back; what changes a room is the last of that room. */
  take(limit: number, isHeldBack: (roomId: string) => boolean): Item[];
  /** Items whose turn has to come again, in their order, ahead of all that wait. */
  putBack(items: readonly Item[]): void;
  settle(item: Item, appended: Appended): void;
  refuse(item: Item, error: Error): void;
  /** neither settled nor refused */
  isOpen(item: Item): boolean;
  size(): number;
  /** Rooms in which somebody waits for an item that is not in flight. */
  roomIds(): Set<string>;
  /** Refuses what waits past its deadline; called from time to time. */
  expire(): void;
}

export const QUEUE_LIMITS = { room: 1_000, server: 20_000 } as const;

/** Past this, who waits is told `unavailable`: the outcome is unknown, and a repeat under the same clientId is safe [L7]. */
const WAIT_MS = 8_000;
const FULL_RETRY_MS = 1_000;

const keyOf = ({ roomId, senderId, clientId }: Proposal) => `${roomId} ${senderId} ${clientId}`;

export function createQueue({ steadyNow }: { steadyNow: () => number }): Queue {
  let waiting: Item[] = [];
  /** waiting and in flight */
  const open = new Map<string, Item>();
  const openInRoom = new Map<string, number>();

  function close(item: Item): void {
    const { roomId } = item.proposal;
    open.delete(keyOf(item.proposal));
    const left = (openInRoom.get(roomId) ?? 1) - 1;
    if (left === 0) openInRoom.delete(roomId);
    else openInRoom.set(roomId, left);
  }

  function openItem(proposal: Proposal, contentHash: string): Item {
    const inRoom = openInRoom.get(proposal.roomId) ?? 0;
    if (inRoom >= QUEUE_LIMITS.room || open.size >= QUEUE_LIMITS.server) {
      const where = inRoom >= QUEUE_LIMITS.room ? "this room" : "the server";
      throw new ChatError("unavailable", `Too much is waiting to be stored in ${where}. Try again shortly.`, {
        retryAfterMs: FULL_RETRY_MS,
      });
    }
    const item: Item = { proposal, contentHash, attempted: false, waiters: [] };
    open.set(keyOf(proposal), item);
    openInRoom.set(proposal.roomId, inRoom + 1);
    waiting.push(item);
    return item;
  }

  return {
    async add(proposal, contentHash) {
      const known = open.get(keyOf(proposal));
      if (known !== undefined && known.contentHash !== contentHash) throw clientIdReused();
      const item = known ?? openItem(proposal, contentHash);
      return await new Promise<Appended>((resolve, reject) => {
        item.waiters.push({ resolve, reject, deadline: steadyNow() + WAIT_MS });
      });
    },
    take(limit, isHeldBack) {
      const taken: Item[] = [];
      const kept: Item[] = [];
      const ended = new Set<string>();
      let index = 0;
      for (; index < waiting.length && taken.length < limit; index++) {
        const item = waiting[index] as Item;
        const { roomId, intent } = item.proposal;
        if (item.waiters.length === 0) {
          // Everybody who asked has been told "unknown"; the room is read again before it is written again.
          close(item);
        } else if (ended.has(roomId) || isHeldBack(roomId)) {
          kept.push(item);
        } else {
          taken.push(item);
          if (intent.kind !== "message") ended.add(roomId);
        }
      }
      waiting = kept.length === 0 ? waiting.slice(index) : [...kept, ...waiting.slice(index)];
      return taken;
    },
    putBack(items) {
      waiting = [...items, ...waiting];
    },
    settle(item, appended) {
      close(item);
      // Whoever asked for the same thing meanwhile repeated it.
      for (const [index, waiter] of item.waiters.entries()) {
        waiter.resolve(index === 0 ? appended : { ...appended, repeat: true });
      }
    },
    refuse(item, error) {
      close(item);
      for (const waiter of item.waiters) waiter.reject(error);
    },
    isOpen: (item) => open.get(keyOf(item.proposal)) === item,
    size: () => open.size,
    roomIds: () => new Set(waiting.filter(({ waiters }) => waiters.length > 0).map(({ proposal }) => proposal.roomId)),
    expire() {
      const now = steadyNow();
      for (const { waiters } of open.values()) {
        const late = waiters.filter(({ deadline }) => deadline <= now);
        if (late.length === 0) continue;
        waiters.splice(0, waiters.length, ...waiters.filter(({ deadline }) => deadline > now));
        for (const waiter of late) {
          waiter.reject(
            new ChatError(
              "unavailable",
              "The message could not be stored in time. It may still be: repeat it under the same clientId.",
              {
                retryAfterMs: FULL_RETRY_MS,
              },
            ),
          );
        }
      }
    },
  };
}

export function clientIdReused(): ChatError {
  return new ChatError("client_id_reused", "This clientId was used before, for something else.");
}
