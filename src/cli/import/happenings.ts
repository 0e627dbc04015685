/**
 * What each line does to a room: who came, went and spoke. An account stands for a nick, because that is what others called
 * the person by: a rename is the one going and the other coming. Pure but for the room's people, which it keeps.
 */
import { LIMITS } from "../../protocol/limits.js";
import type { LogLine } from "./read/files.js";
import type { Said, Unusable } from "./read/lines.js";
import { foldNick } from "./names.js";

/** `actor` and `nick` as they were written. `part` tells the happenings of one line apart. */
export type Happening =
  | { kind: "join"; nick: string; part: string; /** nobody saw the person come, but they spoke */ implied: boolean }
  | { kind: "leave"; nick: string; actor: string; part: string }
  | { kind: "message"; nick: string; text: string; part: string };

export type Skipped = Unusable | "in the room already" | "not in the room" | "same name" | "keeps a role in the room";

/** Whose coming and going is followed, by folded nick. */
export interface People {
  isIn(nick: string): boolean;
  /** owners and moderators are not sent away by a log */
  stays(nick: string): boolean;
  enter(nick: string): void;
  leave(nick: string): void;
}

export function createPeople(present: Iterable<{ nick: string; stays: boolean }>): People {
  const inRoom = new Map([...present].map(({ nick, stays }) => [foldNick(nick), stays]));
  return {
    isIn: (nick) => inRoom.has(foldNick(nick)),
    stays: (nick) => inRoom.get(foldNick(nick)) === true,
    enter: (nick) => void inRoom.set(foldNick(nick), false),
    leave: (nick) => void inRoom.delete(foldNick(nick)),
  };
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;

/** A text in pieces that fit into a message each, broken at white space where there is some in the last quarter. */
export function splitText(text: string, max: number = LIMITS.messageTextMax): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const space = rest.slice(0, max + 1).search(/\s\S*$/);
    const hard = isHighSurrogate(rest.charCodeAt(max - 1)) ? max - 1 : max;
    const end = space >= max * 0.75 ? space : hard;
    pieces.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return rest === "" ? pieces : [...pieces, rest];
}

/** "* nick waves" is shown in italics: the other sign of markdown where the text itself holds the first one. */
const actionText = (text: string) => (text.includes("*") ? `_${text}_` : `*${text}*`);

/** Everything that a line could do, whoever is in the room: what a run that was here before may have left of it. */
export function everything(said: Said): Happening[] {
  switch (said.kind) {
    case "message":
    case "action":
      return [join(said.nick, true), ...messages(said)];
    case "join":
      return [join(said.nick)];
    case "leave":
      return [leave(said.nick, said.nick)];
    case "kick":
      return [join(said.by, true), leave(said.nick, said.by)];
    case "rename":
      return [leave(said.nick, said.nick), join(said.to)];
    case "unusable":
      return [];
  }
}

const join = (nick: string, implied = false): Happening => ({ kind: "join", nick, part: "join", implied });
const leave = (nick: string, actor: string): Happening => ({ kind: "leave", nick, actor, part: "leave" });

function messages({ kind, nick, text }: Extract<Said, { text: string }>): Happening[] {
  const whole = kind === "action" ? actionText(text) : text;
  return splitText(whole).map((piece, index) => ({ kind: "message", nick, text: piece, part: `text ${index}` }));
}

/** What a line does as things stand; the people are as they are after it. */
export function happen({ said }: Pick<LogLine, "said">, people: People): Happening[] | Skipped {
  switch (said.kind) {
    case "unusable":
      return said.why;
    case "join":
      return people.isIn(said.nick) ? "in the room already" : carryOut([join(said.nick)], people);
    case "leave":
    case "kick": {
      if (!people.isIn(said.nick)) return "not in the room";
      if (people.stays(said.nick)) return "keeps a role in the room";
      return carryOut(everything(said), people);
    }
    case "rename": {
      if (foldNick(said.nick) === foldNick(said.to)) return "same name";
      const [goes, comes] = [people.isIn(said.nick), !people.isIn(said.to)];
      if (!goes && !comes) return "in the room already";
      return carryOut(everything(said), people);
    }
    case "message":
    case "action":
      return carryOut(everything(said), people);
  }
}

/** Leaves out who is in or out already. */
function carryOut(wanted: readonly Happening[], people: People): Happening[] {
  return wanted.filter((happening) => {
    switch (happening.kind) {
      case "message":
        return true;
      case "join":
        if (people.isIn(happening.nick)) return false;
        people.enter(happening.nick);
        return true;
      case "leave":
        if (!people.isIn(happening.nick) || people.stays(happening.nick)) return false;
        people.leave(happening.nick);
        return true;
    }
  });
}
