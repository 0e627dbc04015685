import fc from "fast-check";
import { LIMITS } from "./limits.js";
import {
  clientId,
  cursorText,
  displayName,
  limitText,
  messageText,
  newPassword,
  preferences,
  roomName,
  topic,
  username,
} from "./scalars.js";
import { foldCase, normalizeText, problemInText } from "./text.js";

const takes = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe("a message's text", () => {
  it.each([
    ["a\r\nb", "a\nb"],
    ["  a b\t\n", "a b"],
    ["\r\n\r\na\r\n\r\nb\r\n", "a\n\nb"],
    ["a\tb", "a\tb"],
    ["\u00a0a\ufeff", "a"],
    ["e\u0301", "e\u0301"],
    ["👩‍👩‍👧 \u200fשלום", "👩‍👩‍👧 \u200fשלום"],
  ])("%j is stored as %j", (text, stored) => {
    expect(messageText.parse(text)).toBe(stored);
  });

  it.each(["", " \r\n\t", "a\u0000", "a\u001bb", "a\u007fb", "a\u0085b", "a\rb", "\ud800", "a\udc00b", "\udc00\ud800"])(
    "%j is refused",
    (text) => {
      expect(takes(messageText, text)).toBe(false);
    },
  );

  it("is counted in UTF-16 units after CRLF became LF and both ends were trimmed", () => {
    const most = LIMITS.messageTextMax;

    expect(takes(messageText, ` ${"x".repeat(most)}\n`)).toBe(true);
    expect(takes(messageText, "a\r\n".repeat(most / 2) + "b")).toBe(false);
    expect(takes(messageText, "a\r\n".repeat(most / 2 - 1) + "bc")).toBe(true);
    expect(takes(messageText, "🙂".repeat(most / 2))).toBe(true);
    expect(takes(messageText, `${"🙂".repeat(most / 2)}x`)).toBe(false);
  });

  it("[L4] is the same once normalised, however often", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = normalizeText(text);
        expect(normalizeText(once)).toBe(once);
      }),
    );
  });

  it("survives UTF-8 when it is taken: no half of a surrogate pair becomes U+FFFD", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "\ud83d", "\ude42", "\n", "é") }), (text) => {
        if (problemInText(text) === null) expect(Buffer.from(text, "utf8").toString("utf8")).toBe(text);
        else expect(text).toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});

describe("names", () => {
  it("are NFC and trimmed, so that two that look alike are one", () => {
    expect(displayName.parse(" Zoe\u0308 ")).toBe("Zo\u00eb");
    expect(foldCase("ＡＢＣ Straße")).toBe("abc straße");
  });

  it.each(["", "  ", "a\nb", "a\tb", "a\u200bb", "a\u202eb", "\u2066a", "a\ufeffb", "\u00ad", "\ud800"])(
    "%j is no name of a person or a room",
    (text) => {
      expect([takes(displayName, text), takes(roomName, text)]).toEqual([false, false]);
    },
  );

  it("have their lengths", () => {
    const edges = (schema: typeof roomName, most: number) =>
      [most, most + 1].map((length) => takes(schema, "x".repeat(length)));

    expect(edges(displayName, LIMITS.displayNameMax)).toEqual([true, false]);
    expect(edges(roomName, LIMITS.roomNameMax)).toEqual([true, false]);
    expect(edges(topic, LIMITS.topicMax)).toEqual([true, false]);
    expect(takes(topic, "")).toBe(true);
  });
});

describe("a username", () => {
  it("is taken in upper case and stored lower", () => {
    expect(username.parse("Ada.Love-lace_1")).toBe("ada.love-lace_1");
  });

  it.each([
    "ab",
    "a".repeat(33),
    "ada!",
    "ada lovelace",
    "adä",
    "ada.",
    "ada-",
    "ada_",
    "all",
    "HERE",
    "deleted",
    "",
    5,
  ])("%j is refused", (text) => {
    expect(takes(username, text)).toBe(false);
  });
});

it("a password has 8 to 72 bytes, not characters", () => {
  const lengths = [
    "x".repeat(7),
    "x".repeat(8),
    "x".repeat(72),
    "x".repeat(73),
    "ü".repeat(4),
    "ü".repeat(36),
    "ü".repeat(37),
  ];

  expect(lengths.map((text) => takes(newPassword, text))).toEqual([false, true, true, false, true, true, false]);
  expect(takes(newPassword, "password\ud800")).toBe(false);
});

it("[L4] a clientId has 8-4-4-4-12 hex digits and is lowered", () => {
  expect(clientId.parse("0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9")).toBe("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
  for (const text of [
    "",
    "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8g9",
    "\n0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
    5,
    null,
  ]) {
    expect(takes(clientId, text)).toBe(false);
  }
});

it("numbers in a query are whole, in digits, and within bounds", () => {
  expect([limitText.parse(undefined), limitText.parse("1"), limitText.parse("200")]).toEqual([50, 1, 200]);
  for (const text of ["0", "201", "-1", "1.5", "1e2", "0x10", " 5", "", "٥", ["5"], 5])
    expect(takes(limitText, text)).toBe(false);
  expect(cursorText.parse("0")).toBe(0);
  expect(takes(cursorText, "9".repeat(16))).toBe(false);
});

it("preferences are up to 50 flat values", () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

  expect([takes(preferences, many(50)), takes(preferences, many(51))]).toEqual([true, false]);
  expect(takes(preferences, { theme: "dark", size: 1.5, sound: false })).toBe(true);
  for (const value of [
    { a: null },
    { a: {} },
    { a: ["x"] },
    { "a b": 1 },
    { a: "\u0000" },
    { a: "x".repeat(1_001) },
    [],
    "a",
  ]) {
    expect(takes(preferences, value)).toBe(false);
  }
});
