import { compare, hash as makeHash } from "bcrypt";
import { describe, expect, it } from "@jest/globals";
import { username as usernameSchema } from "../../protocol/scalars.js";
import { hasPassword, hashOfNoPassword } from "../../accounts/credentials/passwords.js";
import { createPeople, happen, splitText } from "./happenings.js";
import { foldNick, toDisplayName, toUsername } from "./names.js";
import type { Said } from "./read/lines.js";

describe("names", () => {
  const free = () => false;

  it.each([
    ["crimsun", "crimsun"],
    ["|QuaD-", "quad"],
    ["N}{N[]O", "n-n-o"],
    ["Artem_Kalinovsky", "artem_kalinovsky"],
    ["natea|nyc", "natea-nyc"],
    ["Jürgen", "jurgen"],
    ["el", "el-irc"],
    ["All", "all-irc"],
    ["`_", "irc"],
    ["Ω", "irc"],
  ])("%s becomes %s", (nick, username) => {
    expect(toUsername(nick, free)).toBe(username);
  });

  it("numbers a name that is taken, in whatever order the same way", () => {
    const taken = new Set(["quad", "quad-2"]);

    expect(toUsername("QuaD", (name) => taken.has(name))).toBe("quad-3");
  });

  it("is legal for any nick, also where it is long and its beginning is taken", () => {
    const nicks = ["x".repeat(80), `${"y".repeat(31)}_z`, "ab-".repeat(20), "---", "[]", "a.", "\u{1F600}x"];
    for (const nick of nicks) {
      const first = toUsername(nick, free);
      const second = toUsername(nick, (name) => name === first);

      expect(usernameSchema.parse(first)).toBe(first);
      expect(usernameSchema.parse(second)).toBe(second);
      expect(second).not.toBe(first);
    }
  });

  it("shows the nick as it was, and the username where it holds what a name may not", () => {
    expect(toDisplayName("|QuaD-", "quad")).toBe("|QuaD-");
    expect(toDisplayName("a\u200Bb", "a-b")).toBe("a-b");
    expect(toDisplayName("z".repeat(80), "z")).toHaveLength(64);
  });

  it("takes nicks for one that are one on IRC", () => {
    expect(foldNick("Alex[RM]\\~")).toBe(foldNick("aLEX{rm}|^"));
  });

  it("keeps a hash that no password has, and that takes a password's time", async () => {
    const hash = hashOfNoPassword(4);

    expect(hash).toMatch(/^\$2b\$04\$[./A-Za-z0-9]{53}$/);
    expect(hasPassword(hash)).toBe(false);
    for (let n = 0; n < 100; n++) expect(hasPassword(await makeHash(`password ${n}`, 4))).toBe(true);
    for (const password of ["", "/", hash, "correct horse battery"]) expect(await compare(password, hash)).toBe(false);
  });
});

describe("what a line does", () => {
  const nobody = () => createPeople([]);
  const does = (said: Said, people = nobody()) => {
    const outcome = happen({ said }, people);
    return typeof outcome === "string"
      ? outcome
      : outcome.map((it) => (it.kind === "message" ? `${it.nick}: ${it.text}` : `${it.nick} ${it.kind}s`));
  };

  it("lets somebody who speaks without having come come first", () => {
    const people = nobody();

    expect(does({ kind: "message", nick: "ada", text: "hi" }, people)).toEqual(["ada joins", "ada: hi"]);
    expect(does({ kind: "message", nick: "Ada", text: "again" }, people)).toEqual(["Ada: again"]);
  });

  it("leaves out who comes twice, and who goes without having been there", () => {
    const people = nobody();

    expect(does({ kind: "leave", nick: "ada" }, people)).toBe("not in the room");
    expect(does({ kind: "join", nick: "ada" }, people)).toEqual(["ada joins"]);
    expect(does({ kind: "join", nick: "ADA" }, people)).toBe("in the room already");
    expect(does({ kind: "leave", nick: "ada" }, people)).toEqual(["ada leaves"]);
    expect(people.isIn("ada")).toBe(false);
  });

  it("shows a rename as the one going and the other coming", () => {
    const people = createPeople([{ nick: "ada", stays: false }]);

    expect(does({ kind: "rename", nick: "ada", to: "ada|away" }, people)).toEqual(["ada leaves", "ada|away joins"]);
    expect(does({ kind: "rename", nick: "ada|away", to: "Ada|Away" }, people)).toBe("same name");
    expect(does({ kind: "rename", nick: "unseen", to: "seen" }, people)).toEqual(["seen joins"]);
    expect(does({ kind: "rename", nick: "gone", to: "seen" }, people)).toBe("in the room already");
    expect(does({ kind: "rename", nick: "seen", to: "ada|away" }, people)).toEqual(["seen leaves"]);
  });

  it("has somebody who is kicked out removed by whoever did it", () => {
    const people = createPeople([{ nick: "el", stays: false }]);

    expect(happen({ said: { kind: "kick", nick: "el", by: "LoRez" } }, people)).toEqual([
      { kind: "join", nick: "LoRez", part: "join", implied: true },
      { kind: "leave", nick: "el", actor: "LoRez", part: "leave" },
    ]);
  });

  it("sends nobody away who has been given a role in the room", () => {
    const people = createPeople([{ nick: "ada", stays: true }]);

    expect(does({ kind: "leave", nick: "ada" }, people)).toBe("keeps a role in the room");
    expect(does({ kind: "rename", nick: "ada", to: "ada_" }, people)).toEqual(["ada_ joins"]);
    expect(people.isIn("ada")).toBe(true);
  });

  it("shows an action in italics, by the sign that its text leaves free", () => {
    expect(does({ kind: "action", nick: "ada", text: "waves" })).toEqual(["ada joins", "ada: *waves*"]);
    expect(does({ kind: "action", nick: "ada", text: "does *not* wave" })).toEqual([
      "ada joins",
      "ada: _does *not* wave_",
    ]);
  });
});

describe("a long text", () => {
  it("is split at white space, and loses nothing else", () => {
    const words = Array.from({ length: 4_000 }, (_, index) => `word${index}`).join(" ");

    const pieces = splitText(words);

    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(8_000);
    expect(pieces.join(" ")).toBe(words);
  });

  it("is split inside a word where there is no space, never inside a character", () => {
    const pieces = splitText(`a${"😀".repeat(10)}`, 8);

    expect(pieces.join("")).toBe(`a${"😀".repeat(10)}`);
    for (const piece of pieces) expect(piece).not.toMatch(/\p{Surrogate}/u);
  });

  it("stays whole while it fits", () => {
    expect(splitText("x".repeat(8_000))).toEqual(["x".repeat(8_000)]);
  });
});
