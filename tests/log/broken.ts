/** Parts of the log with one rule broken each: the checks must catch every one of them. */
import type { CommitDeps } from "../../src/log/commit/commit.js";
import { createEntryStore, type EntryStore, type Hashed, type InsertOutcome } from "../../src/log/entry-store.js";
import { createCommit } from "../../src/log/commit/commit.js";
import type { LogParts } from "../../src/log/log.js";

/**
 * [G1] broken: the next commit is formed while one is being written, numbered on from what that one is expected to become. When
 * the first one then fails, the second stands behind a gap.
 */
function createPipelinedCommit(deps: CommitDeps): ReturnType<typeof createCommit> {
  let last: Promise<InsertOutcome> = Promise.resolve({ kind: "stored" });
  const eager: EntryStore = {
    ...deps.store,
    insert(items) {
      // Says "stored" at once, so that the loop goes on; the write is still under way.
      last = last.then(() => deps.store.insert(items));
      return Promise.resolve({ kind: "stored" });
    },
  };
  return createCommit({ ...deps, store: eager });
}

/** [G2] broken: the head is what this server last tried to write, not what a majority read shows. */
function createHopefulStore(model: Parameters<typeof createEntryStore>[0]): EntryStore {
  const store = createEntryStore(model);
  const tried = new Map<string, number>();
  return {
    ...store,
    async heads(roomIds) {
      const heads = await store.heads(roomIds);
      return heads.map((head) => ({ ...head, seq: Math.max(head.seq, tried.get(head.roomId) ?? 0) }));
    },
    insert(items) {
      for (const { entry } of items) tried.set(entry.roomId, Math.max(entry.seq, tried.get(entry.roomId) ?? 0));
      return store.insert(items);
    },
  };
}

/** [G3] broken: after a repeat the rest goes on with its old numbers. */
function createStubbornStore(model: Parameters<typeof createEntryStore>[0]): EntryStore {
  const store = createEntryStore(model);
  async function insert(items: readonly Hashed[]): Promise<InsertOutcome> {
    const outcome = await store.insert(items);
    if (outcome.kind === "duplicate" && outcome.on === "clientId") await insert(items.slice(outcome.index + 1));
    return outcome;
  }
  return { ...store, insert };
}

export const BROKEN: Record<"G1" | "G2" | "G3", Partial<LogParts>> = {
  G1: { createCommit: createPipelinedCommit },
  G2: { createStore: createHopefulStore },
  G3: { createStore: createStubbornStore },
};
