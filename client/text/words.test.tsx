import { line } from "../testing/shapes.js";
import { ChatError } from "../../src/protocol/errors.js";
import { browserName } from "./browser-name.js";
import { dayName, formatAgo, localDate } from "./days.js";
import { lineOf, trafficLine } from "./lines.js";
import { describeProblem } from "./problems.js";

const nameOf = (id: string) => ({ ines: "Ines Okafor", ravi: "Ravi Menon" })[id] ?? "Somebody";
const words = (parts: Parameters<typeof line>[0]) => {
  const row = line(parts);
  if (row.kind !== "entry" || row.entry.kind === "message" || row.entry.kind === "role") throw new Error("no line");
  return lineOf(row.entry, nameOf);
};
const sentAt = "2026-11-20T09:00:00.000Z";

describe("a line about several", () => {
  const goes = (...steps: ["join" | "leave", string][]) =>
    trafficLine(
      steps.map(([kind, who], index) => {
        const row = line({ kind, seq: index + 2, senderId: who, userId: who, sentAt });
        if (row.kind !== "entry" || (row.entry.kind !== "join" && row.entry.kind !== "leave"))
          throw new Error("no line");
        return row.entry;
      }),
      (id) => id,
    );

  it("names up to four of a kind, and counts the others of more", () => {
    const joins = (...names: string[]) => goes(...names.map((name): ["join", string] => ["join", name]));

    expect(joins("Ada")).toBe("Ada joined");
    expect(joins("Ada", "Bo", "Cy", "Di")).toBe("Ada, Bo, Cy, and Di joined");
    expect(joins("Ada", "Bo", "Cy", "Di", "Ed")).toBe("Ada, Bo, Cy, and 2 others joined");
  });

  it("says who came, who went, and who did both", () => {
    expect(goes(["join", "Ada"], ["leave", "Bo"], ["join", "Cy"], ["leave", "Cy"], ["join", "Bo"])).toBe(
      "Ada joined, Bo left and came back, Cy came and went",
    );
    expect(goes(["join", "Ada"], ["leave", "Ada"], ["join", "Ada"], ["leave", "Bo"])).toBe("Ada joined, Bo left");
  });
});

describe("lines about a room", () => {
  it("says who made it, joined, was invited and by whom", () => {
    expect(words({ kind: "join", seq: 1, senderId: "ines", userId: "ines", sentAt })).toBe(
      "Ines Okafor made this room",
    );
    expect(words({ kind: "join", seq: 2, senderId: "ravi", userId: "ravi", sentAt })).toBe("Ravi Menon joined");
    expect(words({ kind: "join", seq: 2, senderId: "ines", userId: "ravi", sentAt })).toBe(
      "Ines Okafor invited Ravi Menon",
    );
  });

  it("tells leaving from being removed", () => {
    expect(words({ kind: "leave", seq: 3, senderId: "ravi", userId: "ravi", sentAt })).toBe("Ravi Menon left");
    expect(words({ kind: "leave", seq: 3, senderId: "ines", userId: "ravi", sentAt })).toBe(
      "Ines Okafor removed Ravi Menon",
    );
  });

  it("says what changed about the room", () => {
    const changed = (changes: object) => words({ kind: "room", seq: 4, senderId: "ines", sentAt, changes });

    expect(changed({ name: "yard" })).toBe("Ines Okafor renamed the room to “yard”");
    expect(changed({ topic: "" })).toBe("Ines Okafor took the topic away");
    expect(changed({ kind: "private", topic: "Tides" })).toBe(
      "Ines Okafor set the topic to “Tides” and made the room private",
    );
    expect(changed({ archived: true })).toBe("Ines Okafor archived the room");
    expect(changed({ archived: false })).toBe("Ines Okafor opened the room again");
  });
});

describe("days", () => {
  it("calls today and yesterday by name, also over the end of a month and of a year", () => {
    expect(dayName("2026-11-20", "2026-11-20")).toBe("Today");
    expect(dayName("2026-10-31", "2026-11-01")).toBe("Yesterday");
    expect(dayName("2026-12-31", "2027-01-01")).toBe("Yesterday");
  });

  it("names the year only when it is another one", () => {
    expect(dayName("2026-11-13", "2026-11-20")).not.toContain("2026");
    expect(dayName("2025-11-13", "2026-11-20")).toContain("2025");
  });

  it("takes the day from the local clock", () => {
    expect(localDate(new Date(2026, 10, 5, 23, 59))).toBe("2026-11-05");
    expect(localDate(new Date(2026, 10, 6, 0, 0))).toBe("2026-11-06");
  });

  it("tells how long ago in the unit that fits", () => {
    const now = Date.UTC(2026, 10, 20, 12);

    expect(formatAgo(new Date(now - 12 * 60_000), now)).toBe("12 minutes ago");
    expect(formatAgo(new Date(now - 5 * 3_600_000), now)).toBe("5 hours ago");
    expect(formatAgo(new Date(now - 72 * 3_600_000), now)).toBe("3 days ago");
  });
});

describe("problems", () => {
  it("keeps the first word about each field and the moment of another try", () => {
    const before = Date.now();
    const problem = describeProblem(
      new ChatError("rate_limited", "…", {
        retryAfterMs: 5_000,
        fields: [
          { path: "username", message: "first" },
          { path: "username", message: "second" },
        ],
      }),
    );

    expect(problem.fields.get("username")).toBe("first");
    expect(problem.retryAt).toBeGreaterThanOrEqual(before + 5_000);
  });

  it("does not say which of name and password was wrong", () => {
    expect(describeProblem(new ChatError("invalid_credentials", "no such user")).message).toBe(
      "Wrong username or password.",
    );
  });
});

describe("browser names", () => {
  it.each([
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156 Safari/537.36 Edg/156",
      "Edge on Windows",
    ],
    [
      "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156 Mobile Safari/537.36",
      "Chrome on Android",
    ],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Mobile Safari/604", "Safari on iPhone or iPad"],
    ["curl/8.5", "curl"],
    ["", "Unknown program"],
  ])("reads %s", (userAgent, name) => {
    expect(browserName(userAgent)).toBe(name);
  });
});
