import fc from "fast-check";
import type { Row } from "../sdk/types.js";
import { line, message, pendingRow } from "../testing/shapes.js";
import { lastSeq, messagesAfter, timelineItems } from "./timeline-items.js";

/** A moment of one local day. */
const at = (time: string, day = 20) => {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return new Date(2026, 10, day, hours, minutes, seconds).toISOString();
};
const say = (seq: number, who: string, time: string, day?: number) => message(seq, who, "x", { sentAt: at(time, day) });
const grouped = (rows: Parameters<typeof timelineItems>[0]) => timelineItems(rows, "mara").map((item) => item.grouped);

describe("grouping", () => {
  it("puts one person's messages within five minutes of each other under one name", () => {
    expect(grouped([say(1, "ines", "9:00"), say(2, "ines", "9:05"), say(3, "ines", "9:10:01")])).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("begins anew with another person", () => {
    expect(grouped([say(1, "ines", "9:00"), say(2, "ravi", "9:01"), say(3, "ines", "9:02")])).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("breaks at a line about the room, at a reply and at a hole", () => {
    const join = line({ kind: "join", seq: 2, senderId: "ravi", userId: "ravi", sentAt: at("9:01") });
    const reply = message(4, "ines", "x", { sentAt: at("9:03"), replyTo: 1 });
    const hole = { kind: "hole", key: "h", after: 4, before: 9 } as const;

    expect(
      grouped([say(1, "ines", "9:00"), join, say(3, "ines", "9:02"), reply, hole, say(9, "ines", "9:04")]),
    ).toEqual([false, false, false, false, false, false]);
  });

  it("breaks at midnight, however close", () => {
    const items = timelineItems([say(1, "ines", "23:59", 20), say(2, "ines", "0:01", 21)], "mara");

    expect(items.map((item) => item.grouped)).toEqual([false, false]);
    expect(items.map((item) => item.day)).toEqual(["2026-11-20", "2026-11-21"]);
  });

  it("puts a message on its way under one's own name, and keeps it there when its clock is slow", () => {
    const soon = pendingRow("p", "x", { kind: "sending" }, new Date(2026, 10, 20, 9, 2).getTime());
    const slow = pendingRow("q", "x", { kind: "sending" }, new Date(2026, 10, 19, 9, 2).getTime());

    expect(grouped([say(1, "mara", "9:00"), soon, slow])).toEqual([false, true, true]);
    expect(timelineItems([say(1, "mara", "9:00"), slow], "mara").at(-1)?.day).toBeNull();
  });
});

describe("comings and goings", () => {
  const goes = (kind: "join" | "leave", seq: number, who: string, time: string, day?: number) =>
    line({ kind, seq, senderId: who, userId: who, sentAt: at(time, day) });
  const lengths = (rows: Parameters<typeof timelineItems>[0]) =>
    timelineItems(rows, "mara").map((item) => item.traffic?.length ?? null);

  it("stand in one line while nothing stands between them", () => {
    const rows = [goes("join", 2, "ines", "9:00"), goes("leave", 3, "ravi", "9:01"), say(4, "ines", "9:02")];

    expect(lengths([...rows, goes("join", 5, "ravi", "9:03")])).toEqual([2, null, 1]);
  });

  it("keep apart what is of another day, the room's making, and who was invited", () => {
    const invited = line({ kind: "join", seq: 4, senderId: "mara", userId: "ravi", sentAt: at("0:02", 21) });
    const rows = [
      goes("join", 1, "mara", "23:58"),
      goes("join", 2, "ines", "23:59"),
      goes("join", 3, "ida", "0:01", 21),
    ];

    expect(lengths([...rows, invited, goes("leave", 5, "ravi", "0:03", 21)])).toEqual([null, 1, 1, null, 1]);
  });

  it("are a line of one key, whichever end it grows at", () => {
    const middle = [goes("join", 12, "ines", "9:02"), goes("join", 13, "ravi", "9:03")];
    const above = [goes("join", 10, "ida", "9:00"), goes("join", 11, "ole", "9:01")];
    const below = [goes("leave", 14, "ravi", "9:04")];
    const keyOf = (rows: Parameters<typeof timelineItems>[0]) => timelineItems(rows, "mara").map(({ key }) => key);

    const key = keyOf(middle);

    expect(keyOf([...above, ...middle])).toEqual(key);
    expect(keyOf([...middle, ...below])).toEqual(key);
    expect(keyOf([...above, say(20, "ines", "9:05"), ...middle])).toHaveLength(3);
    expect(new Set(keyOf([...above, say(20, "ines", "9:05"), ...middle])).size).toBe(3);
  });
});

describe("keys", () => {
  it("stay the same when older rows come above and when a pending row is sent", () => {
    const newer = [say(3, "ines", "9:00"), pendingRow("mine", "x", { kind: "sending" })];
    const sent = [...newer.slice(0, 1), { ...say(4, "mara", "9:01"), key: "mine" }];

    const before = timelineItems(newer, "mara").map((item) => item.key);
    const after = timelineItems([say(1, "ines", "8:00"), say(2, "ines", "8:01"), ...sent], "mara").map(
      (item) => item.key,
    );

    expect(after.slice(2)).toEqual(before);
  });
});

describe("a part of the rows", () => {
  const anyRow = fc.record({
    kind: fc.constantFrom("message", "message", "message", "join", "leave", "hole"),
    who: fc.constantFrom("ines", "ravi"),
    minutes: fc.constantFrom(0, 1, 6, 700),
    isReply: fc.boolean(),
  });
  const rowsFrom = (shapes: readonly (typeof anyRow extends fc.Arbitrary<infer T> ? T : never)[]): Row[] => {
    let time = new Date(2026, 10, 20, 9).getTime();
    return shapes.map(({ kind, who, minutes, isReply }, index) => {
      const seq = index + 2;
      time += minutes * 60_000;
      const sentAt = new Date(time).toISOString();
      if (kind === "hole") return { kind, key: `hole:${seq}`, after: seq, before: seq + 1 };
      if (kind === "message") return message(seq, who, "x", { sentAt, replyTo: isReply ? 1 : null });
      return line({ kind: kind === "join" ? "join" : "leave", seq, senderId: who, userId: who, sentAt });
    });
  };

  it("looks as it does among all of them, but for its first item and what its last line still gathers", () => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 30 }), fc.nat(29), fc.nat(29), (shapes, one, other) => {
        const rows = rowsFrom(shapes);
        const part = timelineItems(rows.slice(Math.min(one, other), Math.max(one, other) + 1), "mara");
        const all = timelineItems(rows, "mara");
        const keys = all.map(({ key }) => key);
        const first = keys.indexOf(part[0]?.key ?? "");

        expect(part.map(({ key }) => key)).toEqual(part.length === 0 ? [] : keys.slice(first, first + part.length));
        const within = part.slice(1).filter(({ traffic }, index) => traffic === null || index < part.length - 2);
        expect(within).toEqual(all.slice(first + 1, first + 1 + within.length));
      }),
    );
  });
});

describe("counting", () => {
  const rows = [
    say(1, "ines", "9:00"),
    say(2, "mara", "9:01"),
    say(3, "ravi", "9:02"),
    pendingRow("p", "x", { kind: "sending" }),
  ];

  it("finds the last seq below what is still pending", () => {
    expect(lastSeq(rows)).toBe(3);
    expect(lastSeq([])).toBe(0);
  });

  it("counts what others wrote after a place", () => {
    expect(messagesAfter(rows, 0, "mara")).toBe(2);
    expect(messagesAfter(rows, 1, "mara")).toBe(1);
    expect(messagesAfter(rows, 3, "mara")).toBe(0);
  });
});
