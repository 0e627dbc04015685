/** One commit in flight a server [G1]: while it is being written, what arrives waits, and the next one takes what waits. */
import type { Commit, Leftover } from "./commit.js";
import type { FactsLoader } from "./facts.js";
import type { Memory } from "../memory.js";
import type { Queue } from "./queue.js";

export interface CommitLoop {
  /** Something was put into the queue. */
  wake(): void;
  /** Resolves once nothing waits and nothing is in flight. */
  idle(): Promise<void>;
  close(): void;
}

export interface CommitLoopDeps {
  queue: Queue;
  commit: Commit;
  memory: Memory;
  facts: FactsLoader;
  random(): number;
  onCommit?(report: { items: number; ms: number }): void;
}

/** Entries of one commit. */
const COMMIT_MAX = 256;

/**
 * After a commit of so many items the next one waits until as many have come again, for as long as that commit took, at
 * most so long.
 */
const GATHER = { itemsMin: 16, msMax: 8 };

const RACE_WAIT_MS = { min: 2, max: 20 };
const UNKNOWN_WAIT_MS = { first: 20, max: 1_000 };

export function createCommitLoop({ queue, commit, memory, facts, random, onCommit }: CommitLoopDeps): CommitLoop {
  /** rooms that wait before they are tried again; a room that waits, waits alone */
  const heldBack = new Map<string, NodeJS.Timeout>();
  /** outcomes in a row of which nothing was known, by room */
  const unknownCounts = new Map<string, number>();
  let running = false;
  /** something came since the queue was last looked into */
  let woken = false;
  let closed = false;
  /** told that something came, while the next commit waits to be fuller */
  let gathering: (() => void) | null = null;
  const idleWaiters: (() => void)[] = [];

  function holdBack(roomId: string, waitMs: number): void {
    if (closed) return;
    clearTimeout(heldBack.get(roomId));
    const timer = setTimeout(() => {
      heldBack.delete(roomId);
      wake();
    }, waitMs);
    heldBack.set(roomId, timer);
  }

  function holdBackUnknown(roomId: string): void {
    const count = unknownCounts.get(roomId) ?? 0;
    unknownCounts.set(roomId, count + 1);
    holdBack(roomId, Math.min(UNKNOWN_WAIT_MS.first * 2 ** count, UNKNOWN_WAIT_MS.max));
  }

  function after(leftover: Leftover, committed: ReadonlySet<string>): void {
    queue.putBack(leftover.again);
    for (const roomId of committed) if (!leftover.unknown.has(roomId)) unknownCounts.delete(roomId);
    for (const roomId of leftover.unknown) holdBackUnknown(roomId);
    for (const roomId of leftover.raced) {
      if (!leftover.unknown.has(roomId)) {
        holdBack(roomId, RACE_WAIT_MS.min + random() * (RACE_WAIT_MS.max - RACE_WAIT_MS.min));
      }
    }
  }

  /** Rooms whose last outcome is unknown are read again even when nobody waits: what was stored has to be delivered. */
  async function readSuspects(): Promise<void> {
    const suspects = memory.suspects().filter((roomId) => !heldBack.has(roomId));
    if (suspects.length === 0) return;
    try {
      await facts.loadRooms(suspects);
      // Nobody will commit in these, so nothing else would forget how often they failed.
      const wanted = queue.roomIds();
      for (const roomId of suspects) if (!wanted.has(roomId)) unknownCounts.delete(roomId);
    } catch {
      for (const roomId of suspects) holdBackUnknown(roomId);
    }
  }

  /**
   * Under load, those who were just answered write again at once. A commit that leaves without them is half as full, and they are
   * the other half of the next one: each then costs as much as both together would.
   */
  async function gather({ items, ms }: { items: number; ms: number }): Promise<void> {
    const wanted = Math.min(COMMIT_MAX, queue.size() + items);
    if (items < GATHER.itemsMin || queue.size() >= wanted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, GATHER.msMax));
      gathering = () => {
        if (!closed && queue.size() < wanted) return;
        clearTimeout(timer);
        resolve();
      };
    });
    gathering = null;
  }

  async function run(): Promise<void> {
    let last = { items: 0, ms: 0 };
    while (!closed) {
      await gather(last);
      await readSuspects();
      woken = false;
      const items = queue.take(COMMIT_MAX, (roomId) => heldBack.has(roomId));
      if (items.length === 0) break;
      const startedAt = performance.now();
      const leftover = await commit(items);
      after(leftover, new Set(items.map(({ proposal }) => proposal.roomId)));
      last = { items: items.length, ms: performance.now() - startedAt };
      onCommit?.({ items: items.length - leftover.again.length, ms: last.ms });
    }
  }

  function settleIdle(): void {
    if (!closed && (queue.size() > 0 || running || heldBack.size > 0)) return;
    for (const resolve of idleWaiters.splice(0)) resolve();
  }

  function wake(): void {
    if (closed) return;
    woken = true;
    gathering?.();
    if (running) return;
    running = true;
    // A commit never throws for what a database or a client does; if it does, that is a fault of ours and ends the process loudly.
    void run().finally(() => {
      running = false;
      // What came after the last look, but before this, found it still running.
      if (woken) wake();
      settleIdle();
    });
  }

  return {
    wake,
    async idle() {
      await new Promise<void>((resolve) => {
        idleWaiters.push(resolve);
        settleIdle();
      });
    },
    close() {
      closed = true;
      gathering?.();
      for (const timer of heldBack.values()) clearTimeout(timer);
      heldBack.clear();
      idleWaiters.splice(0).forEach((resolve) => resolve());
    },
  };
}
