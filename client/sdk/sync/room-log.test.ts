import fc from "fast-check";
import type { Entry } from "../../../src/protocol/entries.js";
import { message, messages } from "../testing/samples.js";
import { HELD_MAX, isBehind, logFrom, movedTo, withArrived, withHead, type RoomLog } from "./room-log.js";

const seqs = (entries: readonly Entry[]) => entries.map((entry) => entry.seq);

function arriveAll(from: RoomLog, batches: Entry[][]) {
  let log = from;
  const applied: number[] = [];
  for (const batch of batches) {
    const step = withArrived(log, batch);
    log = step.log;
    applied.push(...seqs(step.applied));
  }
  return { log, applied };
}

describe("a room's log", () => {
  it("[S3] applies the entry that comes next", () => {
    const { log, applied } = withArrived(logFrom(4), [message("r", 5), message("r", 6)]);

    expect(seqs(applied)).toEqual([5, 6]);
    expect(log).toMatchObject({ last: 6, head: 6 });
    expect(isBehind(log)).toBe(false);
  });

  it("[S3] keeps a later entry until what is before it has come", () => {
    const ahead = withArrived(logFrom(4), [message("r", 6)]);
    const closed = withArrived(ahead.log, [message("r", 5)]);

    expect(ahead.applied).toEqual([]);
    expect(isBehind(ahead.log)).toBe(true);
    expect(seqs(closed.applied)).toEqual([5, 6]);
    expect(isBehind(closed.log)).toBe(false);
  });

  it("[S3] ignores what it has", () => {
    const log = logFrom(4);

    expect(withArrived(log, [message("r", 4), message("r", 1)])).toEqual({ log, applied: [] });
  });

  it("knows from a head alone that something is missing", () => {
    expect(isBehind(withHead(logFrom(4), 5))).toBe(true);
    expect(isBehind(withHead(logFrom(4), 4))).toBe(false);
  });

  it("[S1] goes on behind the head that a reset names, with what waits beyond it", () => {
    const ahead = withArrived(logFrom(4), [message("r", 8), message("r", 11), message("r", 13)]).log;

    const { log, applied } = movedTo(ahead, 10);

    expect(seqs(applied)).toEqual([11]);
    expect(log).toMatchObject({ last: 11, head: 13 });
  });

  it("keeps at most 500 entries waiting, and those that come soonest", () => {
    const { log } = withArrived(logFrom(0), messages("r", 2, HELD_MAX + 100));

    expect(log.held.size).toBe(HELD_MAX);
    expect(log.held.has(2)).toBe(true);
    expect(log.head).toBe(HELD_MAX + 100);
  });

  it("counts an entry of a kind it does not know", () => {
    const unknown = { ...message("r", 5), kind: "poll" } as unknown as Entry;

    expect(withArrived(logFrom(4), [unknown, message("r", 6)]).log.last).toBe(6);
  });

  it("[S3] gives out each entry once and in order, however batches are cut, doubled and shuffled", () => {
    const all = messages("r", 1, 30);
    const cut = fc
      .array(fc.subarray(all, { minLength: 1 }), { maxLength: 20 })
      .map((batches) => [...batches, ...all.map((entry) => [entry])])
      .chain((batches) => fc.shuffledSubarray(batches, { minLength: batches.length, maxLength: batches.length }));

    fc.assert(
      fc.property(cut, fc.integer({ min: 0, max: 30 }), (batches, from) => {
        const { log, applied } = arriveAll(logFrom(from), batches);

        expect(applied).toEqual(seqs(all.slice(from)));
        expect(log.last).toBe(30);
        expect(log.held.size).toBe(0);
      }),
    );
  });
});
