import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Entry } from "../protocol/entries.js";
import type { EntryStore, Hashed } from "./entry-store.js";
import type { RoomSource } from "./intents.js";
import { createMemory } from "./memory.js";
import { countAfter, MARKS_MAX, noteEntry, type MessageMarks } from "./message-marks.js";
import { createLogReader } from "./reader.js";

const ROOM = "room";
const LIMIT = 100;

const entryOf = (seq: number, senderId: string, kind = "message") =>
  ({
    kind,
    roomId: ROOM,
    seq,
    senderId,
    clientId: `${seq}`,
    sentAt: "2026-11-21T05:30:27.123Z",
    text: "x",
    userId: senderId,
  }) as unknown as Entry;

const hashed = (entry: Entry): Hashed => ({ entry, contentHash: "hash" });

const counted = (log: readonly Entry[], userId: string, after: number) =>
  Math.min(
    LIMIT,
    log.filter(({ kind, seq, senderId }) => kind === "message" && seq > after && senderId !== userId).length,
  );

/** Who wrote which kind of entry, in order; long enough that marks are dropped. */
const logs = fc
  .array(fc.tuple(fc.constantFrom("ada", "grace", "alan"), fc.constantFrom("message", "message", "message", "join")), {
    minLength: 1,
    maxLength: 2_000,
    size: "max",
  })
  .map((lines) => lines.map(([senderId, kind], index) => entryOf(index + 1, senderId, kind)));

describe("marks of messages", () => {
  it("tell the same count as the log, or that they cannot", () => {
    fc.assert(
      fc.property(logs, fc.nat(2_000), fc.nat(2_000), (log, from, after) => {
        const known: MessageMarks = { reach: from + 1, marks: [] };
        for (const entry of log) if (entry.seq > from) noteEntry(known, entry);

        for (const userId of ["ada", "nobody"]) {
          const count = countAfter(known, userId, after, LIMIT);
          if (count === null) expect(after).toBeLessThan(known.reach - 1);
          else expect(count).toBe(counted(log, userId, after));
        }
        expect(known.marks.length).toBeLessThan(2 * MARKS_MAX);
      }),
      { numRuns: 200 },
    );
  });
});

/** A reader over a room that was written before this server came to know it, and what it asks the store for. */
function readerOf(log: Entry[]) {
  const asked: string[] = [];
  const store: Pick<EntryStore, "newest" | "newestMarks" | "countByOthers"> = {
    newest: (_, limit) => Promise.resolve(log.slice(-limit).map(hashed)),
    newestMarks(_, to, limit) {
      asked.push("marks");
      const messages = log.filter(({ kind, seq }) => kind === "message" && seq <= to);
      return Promise.resolve(messages.slice(-limit).map(({ seq, senderId }) => ({ seq, senderId })));
    },
    countByOthers(_, userId, after) {
      asked.push("count");
      return Promise.resolve(counted(log, userId, after));
    },
  };
  const memory = createMemory();
  const reader = createLogReader({ store: store as EntryStore, memory, rooms: {} as RoomSource });
  return {
    reader,
    asked,
    append(entry: Entry) {
      log.push(entry);
      const room = memory.get(ROOM);
      if (room !== undefined) memory.append(room, [hashed(entry)]);
    },
  };
}

describe("unread counts", () => {
  it("are those of the log, before and after more is written, in one query for everybody", async () => {
    const log = Array.from({ length: 500 }, (_, index) =>
      entryOf(index + 1, index % 3 === 0 ? "ada" : "grace", index % 10 < 8 ? "join" : "message"),
    );
    const { reader, asked, append } = readerOf(log);

    const before = await Promise.all(
      ["ada", "grace", "alan"].map((userId) => reader.countByOthers(ROOM, userId, 20, LIMIT)),
    );
    expect(before).toEqual(["ada", "grace", "alan"].map((userId) => counted(log, userId, 20)));
    for (let seq = 501; seq <= 520; seq++) append(entryOf(seq, "ada"));

    for (const after of [0, 20, 499, 500, 519, 520]) {
      expect(await reader.countByOthers(ROOM, "grace", after, LIMIT)).toBe(counted(log, "grace", after));
    }
    expect(asked).toEqual(["marks"]);
  });

  it("are asked of the database for who wrote most of what is remembered, and read little of it", async () => {
    const log = Array.from({ length: 2_000 }, (_, index) => entryOf(index + 1, index < 1_000 ? "grace" : "ada"));
    const { reader, asked } = readerOf(log);

    expect(await reader.countByOthers(ROOM, "ada", 950, LIMIT)).toBe(50);

    expect(asked).toEqual(["marks", "count"]);
  });
});
