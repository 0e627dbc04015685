/** What must be true of every history, whatever broke. Each check names its rule. */
import type { Entry } from "../../src/protocol/entries.js";
import type { Recorded } from "./history.js";
import type { Writer } from "./world.js";

function fail(rule: string, what: string): never {
  throw new Error(`[${rule}] ${what}`);
}

/** [L1] [L2] One contiguous log, no clientId twice, time never steps back. */
function checkLog(entries: readonly Entry[]): void {
  const seen = new Set<string>();
  let previous: Entry | null = null;
  for (const [index, entry] of entries.entries()) {
    if (entry.seq !== index + 1) fail("L1", `position ${index + 1} is missing: ${entry.seq} stands there`);
    if (previous !== null && entry.sentAt < previous.sentAt) fail("L2", `time steps back at ${entry.seq}`);
    const key = `${entry.senderId} ${entry.clientId}`;
    if (seen.has(key)) fail("L4", `${key} is stored twice`);
    seen.add(key);
    previous = entry;
  }
}

/** [G6] Nobody's words stand behind the entry that removed them. */
function checkSenders(entries: readonly Entry[]): void {
  const members = new Set<string>();
  for (const entry of entries) {
    if (entry.kind === "join") members.add(entry.userId);
    if (entry.kind === "leave" && !members.delete(entry.userId)) fail("L11", `${entry.userId} left without being in`);
    if (entry.kind === "message" && !members.has(entry.senderId)) {
      fail("G6", `${entry.senderId} wrote at ${entry.seq} without being a member`);
    }
  }
}

/** [L3] [L4] Every acknowledged entry is at its seq, with its words; what was only ever refused is nowhere. */
function checkAnswers({ attempts, logs }: Recorded): void {
  const done = new Set<string>();
  for (const { roomId, userId, clientId, text, answer } of attempts) {
    const key = `${roomId} ${userId} ${clientId}`;
    if (answer.kind !== "refused") done.add(key);
    if (answer.kind !== "acked") continue;
    const { seq } = answer.entry;
    const stored = logs.get(roomId)?.[seq - 1];
    if (stored === undefined) fail("L3", `acknowledged at ${seq}, but nothing is there`);
    if (stored.kind !== "message" || stored.clientId !== clientId || stored.senderId !== userId) {
      fail("L3", `acknowledged at ${seq}, but something else is there`);
    }
    if (stored.text !== text) fail("L4", `acknowledged at ${seq} with words that are not stored there`);
    if (stored.sentAt !== answer.entry.sentAt) fail("L3", `the entry at ${seq} was stored with another time`);
  }
  for (const [roomId, entries] of logs) {
    for (const { kind, senderId, clientId } of entries) {
      if (kind === "message" && !done.has(`${roomId} ${senderId} ${clientId}`))
        fail("L7", "a refused message is stored");
    }
  }
}

/** [D1] [S3] What a server delivers of a room is the log itself, in order, without a hole from the first one on. */
function checkDelivery(writer: Writer, { roomIds, logs }: Recorded): void {
  for (const roomId of roomIds) {
    const delivered = writer.delivered.get(roomId) ?? [];
    const first = delivered[0]?.seq ?? 1;
    for (const [index, entry] of delivered.entries()) {
      if (entry.seq !== first + index) fail("D1", `delivered ${entry.seq} where ${first + index} was due`);
      const stored = logs.get(roomId)?.[entry.seq - 1];
      if (stored?.clientId !== entry.clientId)
        fail("L3", `delivered an entry at ${entry.seq} that is not stored there`);
    }
  }
}

export function check(recorded: Recorded, writers: readonly Writer[]): void {
  for (const entries of recorded.logs.values()) {
    checkLog(entries);
    checkSenders(entries);
  }
  checkAnswers(recorded);
  for (const writer of writers) checkDelivery(writer, recorded);
}
