import fc from "fast-check";
import type { Entry } from "../../../src/protocol/entries.js";
import { clientIdOf, joining, message, messages, roleChange, roomChange } from "../testing/samples.js";
import type { Pending, Row } from "../types.js";
import { EMPTY_TIMELINE, firstHeld, holeAfter, rowsOf, withNewest, withStretch, type Timeline } from "./timeline.js";

const told = (rows: readonly Row[]) =>
  rows.map((row) => {
    if (row.kind === "entry") return row.entry.seq;
    return row.kind === "hole" ? `${row.after}..${row.before}` : row.pending.text;
  });

const pendingOf = (number: number, text = `pending ${number}`): Pending => ({
  clientId: clientIdOf(number),
  text,
  replyTo: null,
  writtenAt: 0,
  status: { kind: "sending" },
});

/** Takes stretches of one log in, in the order given. */
function timelineOf(log: readonly Entry[], stretches: readonly (readonly [number, number])[]): Timeline {
  let timeline = EMPTY_TIMELINE;
  for (const [from, to] of stretches) {
    const entries = log.filter((entry) => entry.seq >= from && entry.seq <= to);
    timeline = withStretch(timeline, entries, { from, to });
  }
  return timeline;
}

describe("a timeline", () => {
  it("shows messages, joins, leaves and room changes, and counts the rest", () => {
    const poll = { ...message("r", 5), kind: "poll" } as unknown as Entry;
    const log = [joining("r", 1, "ada"), message("r", 2), roleChange("r", 3, "ada"), roomChange("r", 4, {}), poll];

    const timeline = withStretch(EMPTY_TIMELINE, log, { from: 1, to: 5 });

    expect(told(rowsOf(timeline, [], "ada"))).toEqual([1, 2, 4]);
    expect(timeline.ranges).toEqual([{ from: 1, to: 5 }]);
  });

  it("shows what could not be loaded as a hole, and closes it when it comes", () => {
    const log = messages("r", 1, 30);
    const open = timelineOf(log, [
      [1, 10],
      [21, 30],
    ]);
    const closed = withStretch(open, log.slice(10, 20), { from: 11, to: 20 });

    expect(told(rowsOf(open, [], "ada"))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "10..21", ...range(21, 30)]);
    expect(holeAfter(open, 10)).toEqual({ after: 10, before: 21 });
    expect(told(rowsOf(closed, [], "ada"))).toEqual(range(1, 30));
  });

  it("shows a hole also where what is held beside it has nothing to show", () => {
    const timeline = timelineOf(
      [message("r", 1), roleChange("r", 5, "ada")],
      [
        [1, 1],
        [5, 5],
      ],
    );

    expect(told(rowsOf(timeline, [], "ada"))).toEqual([1, "1..5"]);
  });

  it("keeps the row of a message when it passes from pending to sent", () => {
    const sent = message("r", 7, "ada", { clientId: clientIdOf(99) });
    const before = rowsOf(EMPTY_TIMELINE, [pendingOf(99)], "ada");
    const after = rowsOf(withStretch(EMPTY_TIMELINE, [sent], { from: 7, to: 7 }), [pendingOf(99)], "ada");

    expect(before.map((row) => [row.kind, row.key])).toEqual([["pending", clientIdOf(99)]]);
    expect(after.map((row) => [row.kind, row.key])).toEqual([["entry", clientIdOf(99)]]);
  });

  it("takes nobody else's entry for one's own because of its clientId", () => {
    const theirs = message("r", 7, "mallory", { clientId: clientIdOf(99) });
    const timeline = withStretch(EMPTY_TIMELINE, [theirs], { from: 7, to: 7 });

    const rows = rowsOf(timeline, [pendingOf(99)], "ada");

    expect(rows.map((row) => [row.kind, row.key])).toEqual([
      ["entry", `${clientIdOf(99)}:7`],
      ["pending", clientIdOf(99)],
    ]);
  });

  it("[L9] keeps the reading of a message that more was folded into", () => {
    const plain = message("r", 1);
    const folded = message("r", 1, "grace", { text: "edited", changedSeq: 5 });
    const rows = (first: Entry, second: Entry) =>
      rowsOf(
        withStretch(withStretch(EMPTY_TIMELINE, [first], { from: 1, to: 1 }), [second], { from: 1, to: 1 }),
        [],
        "ada",
      );

    expect(rows(plain, folded)).toEqual(rows(folded, plain));
    expect(rows(plain, folded)[0]).toMatchObject({ entry: { text: "edited" } });
  });

  it("gives up its oldest entries, and knows that there is more above", () => {
    const trimmed = withNewest(timelineOf(messages("r", 1, 30), [[1, 30]]), 10);

    expect(told(rowsOf(trimmed, [], "ada"))).toEqual(range(21, 30));
    expect(firstHeld(trimmed)).toBe(21);
  });

  it("keeps the identity of rows that did not change", () => {
    const log = messages("r", 1, 3);
    const before = rowsOf(timelineOf(log, [[1, 2]]), [], "ada");
    const after = rowsOf(timelineOf(log, [[1, 3]]), [], "ada");

    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
  });

  it("[S3] shows the same rows whatever came first, and however often", () => {
    const log = Array.from({ length: 40 }, (_none, index) =>
      index % 7 === 3 ? roleChange("r", index + 1, "ada") : message("r", index + 1, index % 2 === 0 ? "ada" : "grace"),
    );
    const stretch = fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 12 }))
      .map(([from, length]) => [from, Math.min(40, from + length)] as const);
    const orders = fc.array(stretch, { minLength: 1, maxLength: 12 }).chain((stretches) =>
      fc.tuple(
        fc.constant(stretches),
        fc.shuffledSubarray([...stretches, ...stretches], {
          minLength: stretches.length * 2,
          maxLength: stretches.length * 2,
        }),
      ),
    );
    const pending = [pendingOf(1), pendingOf(20), pendingOf(99)];

    fc.assert(
      fc.property(orders, ([one, other]) => {
        const [left, right] = [timelineOf(log, one), timelineOf(log, other)];
        const held = new Set(one.flatMap(([from, to]) => range(from, to)));

        expect(rowsOf(right, pending, "ada")).toEqual(rowsOf(left, pending, "ada"));
        const seqs = rowsOf(left, pending, "ada").flatMap((row) => (row.kind === "entry" ? [row.entry.seq] : []));
        expect(seqs).toEqual(log.flatMap(({ seq, kind }) => (held.has(seq) && kind !== "role" ? [seq] : [])));
        const keys = rowsOf(left, pending, "ada").map((row) => row.key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_none, index) => from + index);
}
