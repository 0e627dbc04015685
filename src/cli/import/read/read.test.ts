import { describe, expect, it } from "@jest/globals";
import { createClock } from "./clock.js";
import { parseLine } from "./lines.js";
import { repair } from "./repair.js";

const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.of(part))));

describe("repair", () => {
  it("leaves UTF-8 as it is", () => {
    expect(repair(bytes("naïve – ☃ 😀\tend"))).toEqual({ text: "naïve – ☃ 😀\tend", badBytes: 0, controls: 0 });
  });

  it("reads a byte that is no UTF-8 as Windows-1252, beside UTF-8 in the same line", () => {
    const line = bytes("caf", 0xe9, " ", 0x93, "naïve", 0x94, " ", 0xe2, 0x82);

    expect(repair(line)).toEqual({ text: "café “naïve” â‚", badBytes: 5, controls: 0 });
  });

  it("shows a byte that stands for nothing anywhere as one replacement character", () => {
    expect(repair(bytes("a", 0x81, "b", 0xff))).toEqual({ text: "a\uFFFDbÿ", badBytes: 2, controls: 0 });
  });

  it("takes control characters out, colours with their numbers, and counts each", () => {
    const line = bytes("\u0002bold\u000F \u000304,12red\u0003 a\u007Fb\u0008 \u0085 3,4");

    expect(repair(line)).toEqual({ text: "bold red ab  3,4", badBytes: 0, controls: 7 });
  });
});

describe("a line", () => {
  const said = (text: string) => parseLine(text).said;

  it.each([
    ["[09:14] <crimsun> kleedrac: no", 554, { kind: "message", nick: "crimsun", text: "kleedrac: no" }],
    ["[23:59] <@op> so  be it ", 1439, { kind: "message", nick: "op", text: "so  be it" }],
    ["[07:16] <[FiDo] > thanks", 436, { kind: "message", nick: "[FiDo]", text: "thanks" }],
    ["[01:26] -noisy:#ubuntu- buy", 86, { kind: "message", nick: "noisy", text: "buy" }],
    ["[14:39]  * jaggz- nudges v3ctor", 879, { kind: "action", nick: "jaggz-", text: "nudges v3ctor" }],
    ["=== sid77 hi", null, { kind: "action", nick: "sid77", text: "hi" }],
    ["=== L0sT [~waa3@raptor.ukc.ac.uk]  has joined #ubuntu", null, { kind: "join", nick: "L0sT" }],
    ["=== [BTF] Chm0d [n=rich@pool.net]  has joined #ubuntu", null, { kind: "join", nick: "[BTF]Chm0d" }],
    ["=== Alex[RM-UK]  [n=Alex[RM-@host86.com]  has joined #ubuntu", null, { kind: "join", nick: "Alex[RM-UK]" }],
    ['=== N}{N[] O [n=Con@85.es]  has left #ubuntu ["Ubuntu]', null, { kind: "leave", nick: "N}{N[]O" }],
    ['=== sivang [~sivang@80.179.93.130]  has left #ubuntu ["Leaving"]', null, { kind: "leave", nick: "sivang" }],
    ["=== natea is now known as natea|nyc", null, { kind: "rename", nick: "natea", to: "natea|nyc" }],
    ["=== Bart]  is now known as [a] Bart", null, { kind: "rename", nick: "Bart]", to: "[a]Bart" }],
    ["=== el was kicked off #ubuntu by LoRez (LoRez)", null, { kind: "kick", nick: "el", by: "LoRez" }],
    ["=== mode/#ubuntu [+o jrib]  by ChanServ", null, { kind: "unusable", why: "channel setting" }],
    ["[09:05] <SurfnKid>", 545, { kind: "unusable", why: "empty text" }],
    ["[09:05] <SurfnKid> \t ", 545, { kind: "unusable", why: "empty text" }],
    ["", null, { kind: "unusable", why: "blank" }],
    ["[25:00] <late> no such hour", null, { kind: "unusable", why: "not understood" }],
    ["hello", null, { kind: "unusable", why: "not understood" }],
  ])("%s", (text, minute, expected) => {
    expect(parseLine(text)).toEqual({ minute, said: expected });
  });

  it("keeps a message that talks of joining a message", () => {
    expect(said("[09:14] <a> === b [c@d]  has joined #e")).toMatchObject({ kind: "message", nick: "a" });
  });
});

describe("the clock", () => {
  const day = Date.parse("2004-12-25T00:00:00.000Z");
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

  function tellAll(times: readonly (string | null)[], clock = createClock()) {
    clock.startFile(day);
    const told = times.map((time) => clock.tell(time === null ? null : minutes(time)));
    return told.map(({ at, clamped }) => `${new Date(at).toISOString().slice(8, 16)}${clamped ? " clamped" : ""}`);
  }

  it("takes a step back over midnight as the next day", () => {
    expect(tellAll(["23:46", "00:07", "00:08"])).toEqual(["25T23:46", "26T00:07", "26T00:08"]);
  });

  it("takes a clock of twelve hours on, from eleven to past twelve and from then on", () => {
    expect(tellAll(["11:55", "00:05", "01:00", "11:59", "00:01"])).toEqual([
      "25T11:55",
      "25T12:05",
      "25T13:00",
      "25T23:59",
      "26T00:01",
    ]);
  });

  it("clamps a step back of up to six hours, and goes on once the time is reached again", () => {
    expect(tellAll(["10:00", "09:58", "04:00", "10:01"])).toEqual([
      "25T10:00",
      "25T10:00 clamped",
      "25T10:00 clamped",
      "25T10:01",
    ]);
  });

  it("gives a line without a time the moment before it", () => {
    expect(tellAll([null, "10:00", null])).toEqual(["25T00:00", "25T10:00", "25T10:00"]);
  });

  it("clamps a file that begins before the one before it ended", () => {
    const clock = createClock();
    tellAll(["23:00", "00:30"], clock);
    clock.startFile(day + 24 * 60 * 60_000);

    expect(clock.tell(10)).toEqual({ at: day + (24 * 60 + 30) * 60_000, clamped: true });
    expect(clock.tell(45)).toEqual({ at: day + (24 * 60 + 45) * 60_000, clamped: false });
  });
});
