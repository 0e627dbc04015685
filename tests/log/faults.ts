/** Faults between the log and its database, each of which really happens: they are done, counted, and lied about. */
import { setImmediate as turn } from "node:timers/promises";
import { mongo } from "mongoose";
import type { ChangeWriter } from "../../src/log/commit/change-writer.js";
import type { EntryStore, Hashed, InsertOutcome } from "../../src/log/entry-store.js";

/**
 * `lostAnswer`: written, but no answer came. `notDone`: the connection broke before anything was written. `late`: no answer came, and it
 * is written while others go on. `partly`: a beginning is written, and no answer came. `readFails`: the next read of a head fails.
 */
export const FAULTS = ["lostAnswer", "notDone", "late", "partly", "readFails"] as const;
export type Fault = (typeof FAULTS)[number];

/** What really happened, over all histories of a run. */
export type Tally = Record<Fault | "sequencerClash" | "repeatClash" | "refusal", number>;

export const newTally = (): Tally => ({
  lostAnswer: 0,
  notDone: 0,
  late: 0,
  partly: 0,
  readFails: 0,
  sequencerClash: 0,
  repeatClash: 0,
  refusal: 0,
});

const lost = () => new mongo.MongoNetworkError("the connection was cut by the test");

export interface Faults {
  /** The next write (or, for `readFails`, the next read of heads) meets this. */
  arm(fault: Fault): void;
  wrapStore(store: EntryStore): EntryStore;
  wrapChanges(changes: ChangeWriter): ChangeWriter;
  /** Resolves once all late writes are done. */
  settled(): Promise<void>;
}

export function createFaults(tally: Tally): Faults {
  const armed: Fault[] = [];
  const late: Promise<unknown>[] = [];
  let readFails = false;

  /** The next fault for a write; counted when it is taken, which is when it happens. */
  function take(): Fault | undefined {
    const fault = armed.shift();
    if (fault !== undefined) tally[fault] += 1;
    return fault;
  }

  async function insert(store: EntryStore, items: readonly Hashed[]): Promise<InsertOutcome> {
    const unknown = { kind: "unknown", error: lost() } as const;
    switch (take()) {
      case "lostAnswer":
        await store.insert(items);
        return unknown;
      case "notDone":
        return unknown;
      case "late":
        late.push(turn().then(() => store.insert(items)));
        return unknown;
      case "partly":
        await store.insert(items.slice(0, Math.ceil(items.length / 2)));
        return unknown;
      case "readFails":
      case undefined: {
        const outcome = await store.insert(items);
        if (outcome.kind === "duplicate") tally[outcome.on === "sequencer" ? "sequencerClash" : "repeatClash"] += 1;
        return outcome;
      }
    }
  }

  return {
    arm(fault) {
      if (fault === "readFails") readFails = true;
      else armed.push(fault);
    },
    wrapStore: (store) => ({
      ...store,
      insert: (items) => insert(store, items),
      async heads(roomIds) {
        if (readFails && roomIds.length > 0) {
          readFails = false;
          tally.readFails += 1;
          throw lost();
        }
        return await store.heads(roomIds);
      },
    }),
    wrapChanges: (changes) => ({
      async write(entries, change) {
        const unknown = { kind: "unknown", error: lost() } as const;
        switch (take()) {
          case "lostAnswer":
          case "partly":
            // A transaction has no part of it: it is done or not.
            await changes.write(entries, change);
            return unknown;
          case "notDone":
            return unknown;
          case "late":
            late.push(turn().then(() => changes.write(entries, change)));
            return unknown;
          case "readFails":
          case undefined:
            return await changes.write(entries, change);
        }
      },
    }),
    async settled() {
      await Promise.all(late.splice(0));
    },
  };
}
