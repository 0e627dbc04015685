import type { Entry } from "../protocol/entries.js";
import type { Hashed } from "./entry-store.js";
import { createMemory, type Memory } from "./memory.js";

const MEBI = 1024 * 1024;

it("[D0] forgets the rooms unused longest before their ids, however long, take more than its share", () => {
  const memory = createMemory();
  const idOf = (index: number) => `${index} ${"x".repeat(MEBI)}`;

  for (let index = 0; index < 70; index++) memory.load(idOf(index), 0, 0);

  expect(memory.get(idOf(0))).toBeUndefined();
  expect(memory.get(idOf(69))?.head).toBe(0);
});

const message = (seq: number): Hashed => ({
  entry: { kind: "message", roomId: "room", seq, sentAt: "2026-11-21T05:30:27.123Z", text: "hi" } as Entry,
  contentHash: "hash",
});

/** More than the memory holds beside what is in use. */
function fill(memory: Memory, name: string): void {
  for (let index = 0; index < 70; index++) memory.load(`${name} ${index} ${"x".repeat(MEBI)}`, 0, 0);
}

it("[G2] holds a room at what is confirmed, though it fell out of the memory while it was written", () => {
  const memory = createMemory();
  const written = memory.load("room", 1, 0);
  fill(memory, "others");
  const evicted = memory.get("room") === undefined;
  // Read while the write was under way.
  memory.load("room", 1, 0);

  memory.append(written, [message(2)]);

  expect(evicted).toBe(true);
  expect(memory.get("room")?.head).toBe(2);
  fill(memory, "more");
  expect(memory.get("room")).toBeUndefined();
});

it("[G4] leaves a room that is to be read again out, whatever is confirmed of it", () => {
  const memory = createMemory();
  const written = memory.load("room", 1, 0);
  memory.forget("room");

  memory.append(written, [message(2)]);

  expect(memory.get("room")).toBeUndefined();
  expect(memory.isSuspect("room")).toBe(true);
});
