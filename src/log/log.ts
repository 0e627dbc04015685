/** The log: appends entries to rooms, once each, in one order; delivers what is confirmed; reads it back. */
import { randomUUID, type KeyObject } from "node:crypto";
import type { Connection } from "mongoose";
import type { Entry } from "../protocol/entries.js";
import { ChatError } from "../protocol/errors.js";
import { createChangeWriter } from "./commit/change-writer.js";
import { createCommit, type CommitDeps } from "./commit/commit.js";
import { createCommitLoop } from "./commit/commit-loop.js";
import { createContentHash } from "./content-hash.js";
import type { EntryModel } from "./entry-model.js";
import { createEntryStore } from "./entry-store.js";
import { createFactsLoader } from "./commit/facts.js";
import { createFounder, type Founding } from "./commit/founder.js";
import { contentOf, type Proposal, type RoomRecord, type RoomSource, type Rules } from "./intents.js";
import { createMemory, type RoomMemory } from "./memory.js";
import { createQueue, type Appended } from "./commit/queue.js";
import { createLogReader, type LogReader } from "./reader.js";

/** Entries that are confirmed, ascending and contiguous, with the room as it is after the last of them. */
export interface Delivery {
  roomId: string;
  entries: readonly Entry[];
  record: RoomRecord | null;
}

export type { LogReader } from "./reader.js";

export interface Log extends LogReader {
  /**
   * Appends what `proposal` wants, once, and delivers it before it answers. Judged when its commit is formed [G6].
   *
   * @returns the entry as stored (the first one, for a repeat), or null when nothing had to be appended
   * @throws ChatError what the rules refuse with; `client_id_reused`; `unavailable` when the outcome is unknown or a queue is full
   * @see docs/rules.md L3, L4, G1 to G7
   */
  append(proposal: Proposal): Promise<Appended>;
  /**
   * Makes a room: its first entries and what `write` stores, in one transaction [L11]; then delivers the entries.
   *
   * @throws ChatError `unavailable` when the outcome is unknown
   */
  found(founding: Founding): Promise<Entry[]>;
  queueSize(): number;
  /** Stops taking proposals, and resolves once all that waited is settled or `timeoutMs` is over. */
  drain(timeoutMs: number): Promise<void>;
  close(): void;
}

export interface LogDeps {
  connection: Connection;
  model: EntryModel;
  rooms: RoomSource;
  rules: Rules;
  contentKey: KeyObject;
  /** the server's clock, in milliseconds [G5] */
  now(): number;
  deliver(delivery: Delivery): void;
  onCommit?(report: { items: number; ms: number }): void;
  onDuplicateKey?(): void;
  /** an outcome is unknown [G4]: the rooms concerned are read and written again */
  onUnknown?(error: unknown): void;
}

/** The parts that keep the rules; a test hands in a broken one to see the checks catch it. */
export interface LogParts {
  createStore: typeof createEntryStore;
  createChangeWriter: typeof createChangeWriter;
  createCommit: typeof createCommit;
  createCommitLoop: typeof createCommitLoop;
}

export const LOG_PARTS: LogParts = {
  createStore: createEntryStore,
  createChangeWriter,
  createCommit,
  createCommitLoop,
};

/** A longer id is none of ours: nothing is looked up or kept by it. */
const ROOM_ID_MAX = 64;

/** How often waiting proposals are looked through for those that waited too long. */
const EXPIRE_EVERY_MS = 250;

export function createLog(deps: LogDeps, parts: LogParts = LOG_PARTS): Log {
  const { connection, model, rooms, rules, now } = deps;
  const store = parts.createStore(model);
  const memory = createMemory();
  const queue = createQueue({ steadyNow: () => performance.now() });
  const hash = createContentHash(deps.contentKey);
  const changes = parts.createChangeWriter({ connection, store });
  let draining = false;

  function deliver(room: RoomMemory, entries: readonly Entry[]): void {
    const last = entries.at(-1);
    if (last === undefined) return;
    memory.setDelivered(room.roomId, last.seq);
    deps.deliver({ roomId: room.roomId, entries, record: room.record ?? null });
  }

  const facts = createFactsLoader({ store, memory, rooms, deliver });
  const commitDeps: CommitDeps = {
    queue,
    store,
    memory,
    facts,
    rules,
    changes,
    now,
    newClientId: randomUUID,
    deliver,
    ...(deps.onDuplicateKey ? { onDuplicateKey: deps.onDuplicateKey } : {}),
    ...(deps.onUnknown ? { onUnknown: deps.onUnknown } : {}),
  };
  const loop = parts.createCommitLoop({
    queue,
    memory,
    facts,
    commit: parts.createCommit(commitDeps),
    random: Math.random,
    ...(deps.onCommit ? { onCommit: deps.onCommit } : {}),
  });
  const found = createFounder({ changes, memory, now, newClientId: randomUUID, hash, deliver, onUnknown });

  function onUnknown(error: unknown): void {
    deps.onUnknown?.(error);
    loop.wake();
  }

  const expiry = setInterval(() => queue.expire(), EXPIRE_EVERY_MS);
  expiry.unref();

  return {
    ...createLogReader({ store, memory, rooms }),
    append(proposal) {
      if (draining)
        return Promise.reject(new ChatError("unavailable", "The server is shutting down. Try again shortly."));
      if (proposal.roomId.length > ROOM_ID_MAX)
        return Promise.reject(new ChatError("not_found", "There is no such room, or you are not in it."));
      // Into the queue before any await, so that one client's sends keep their order [G6].
      const appended = queue.add(proposal, hash(contentOf(proposal.intent)));
      loop.wake();
      return appended;
    },
    found,
    queueSize: () => queue.size(),
    async drain(timeoutMs) {
      draining = true;
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([loop.idle(), timeout]);
      clearTimeout(timer);
    },
    close() {
      draining = true;
      clearInterval(expiry);
      loop.close();
    },
  };
}
