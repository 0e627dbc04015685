import { expect, it } from "@jest/globals";
import type { Entry } from "../protocol/entries.js";
import type { EntryStore, Hashed } from "./entry-store.js";
import type { RoomSource } from "./intents.js";
import { createMemory } from "./memory.js";
import { createLogReader } from "./reader.js";

const ROOM = "room";
const base = { kind: "message", roomId: ROOM, sentAt: "2026-11-21T05:30:27.123Z", senderId: "ada" };
const message = (seq: number): Hashed => ({
  entry: { ...base, seq, clientId: `${seq}`, text: `${seq}` } as Entry,
  contentHash: "hash",
});

/** A reader of a room whose entries this server wrote, on a store that answers with nothing and says what it was asked. */
function readerAfter(count: number) {
  const asked: string[] = [];
  const ask = (what: string) => () => {
    asked.push(what);
    return Promise.resolve([]);
  };
  const store: Pick<EntryStore, "heads" | "range" | "newest" | "timeline"> = {
    heads: ask("heads"),
    range: ask("range"),
    newest: ask("newest"),
    timeline: ask("timeline"),
  };
  const memory = createMemory();
  const room = memory.load(ROOM, 0, 0);
  for (let seq = 1; seq <= count; seq++) memory.append(room, [message(seq)]);
  const reader = createLogReader({ store: store as EntryStore, memory, rooms: {} as RoomSource });
  return { reader, asked };
}

const seqs = (entries: readonly Entry[]) => entries.map(({ seq }) => seq);

it("[D0] reads the newest 256 entries of an active room from memory", async () => {
  const { reader, asked } = readerAfter(300);

  expect(await reader.head(ROOM)).toBe(300);
  expect(seqs(await reader.entries(ROOM, { after: 44, head: 300, limit: 3 }))).toEqual([45, 46, 47]);
  const newest = await reader.timeline(ROOM, { from: 1, to: 300, end: "last", limit: 2 });
  expect([seqs(newest.entries), newest.older]).toEqual([[299, 300], true]);
  expect(asked).toEqual([]);
});

it("[D0] reads what is older from the database", async () => {
  const { reader, asked } = readerAfter(300);

  await reader.entries(ROOM, { after: 43, head: 300, limit: 3 });

  expect(asked).toEqual(["range"]);
});

it("[D0] reads the newest entries of a room once, also when one that came late was kept before", async () => {
  const all = Array.from({ length: 300 }, (_, index) => message(index + 1));
  let reads = 0;
  const store: Pick<EntryStore, "newest"> = {
    newest(_, limit) {
      reads += 1;
      return Promise.resolve(all.slice(-limit));
    },
  };
  const memory = createMemory();
  memory.prepend(memory.load(ROOM, 300, 0), [message(300)]);
  const reader = createLogReader({ store: store as EntryStore, memory, rooms: {} as RoomSource });

  for (let count = 0; count < 2; count++) {
    const newest = await reader.timeline(ROOM, { from: 1, to: 300, end: "last", limit: 50 });
    expect(seqs(newest.entries).at(0)).toBe(251);
  }

  expect(reads).toBe(1);
});
