/** What a line of an IRC log says. The forms are those of tests/data/ubuntu-irc/README.md. */

/** Why nothing can come of a line, whatever stands around it. */
export type Unusable = "blank" | "empty text" | "channel setting" | "not understood";

export type Said =
  | { kind: "message" | "action"; nick: string; text: string }
  | { kind: "join" | "leave"; nick: string }
  | { kind: "kick"; nick: string; by: string }
  | { kind: "rename"; nick: string; to: string }
  | { kind: "unusable"; why: Unusable };

export interface Line {
  /** minutes since midnight; null for a line that has no time */
  minute: number | null;
  said: Said;
}

const TIMED = /^\[([01]\d|2[0-3]):([0-5]\d)\](?: (.*))?$/s;
/** A sign before the nick says what somebody may do, and is no part of the name. Spaces: see NICK. */
const MESSAGE = /^<[@+%&~ ]*([^<>]{1,64})>(.*)$/s;
const ACTION = /^ ?\* (\S+)(.*)$/s;
const NOTICE = /^-([^\s:]+):#[^\s-]*-(.*)$/s;

// The logger put a space behind each "]", also inside a nick: "[BTF] Chm0d" is one name.
const NICK = String.raw`(\S*\](?: \S+)?|\S+)`;
const HOST = String.raw`\[\S*@\S*`;
const JOIN = new RegExp(String.raw`^${NICK} +${HOST} +has joined #\S+\s*$`, "s");
const LEAVE = new RegExp(String.raw`^${NICK} +${HOST} +has left #\S+(?: .*)?$`, "s");
const RENAME = new RegExp(String.raw`^${NICK} +is now known as ${NICK}\s*$`, "s");
const KICK = /^(\S+) was kicked off #\S+ by (\S+)(?: .*)?$/s;
const SETTING = /^\w+\/#\S+ /;
const SAYS = /^(\S+)\s(.*)$/s;

const unusable = (why: Unusable): Said => ({ kind: "unusable", why });

function spoken(kind: "message" | "action", nick: string, text: string): Said {
  const trimmed = text.trim();
  return trimmed === "" ? unusable("empty text") : { kind, nick, text: trimmed };
}

const nickOf = (written: string | undefined) => (written ?? "").replaceAll(" ", "");

function timed(rest: string): Said {
  const message = MESSAGE.exec(rest) ?? NOTICE.exec(rest);
  if (message) return spoken("message", nickOf(message[1]), message[2] ?? "");
  const action = ACTION.exec(rest);
  if (action) return spoken("action", action[1] ?? "", action[2] ?? "");
  return unusable("not understood");
}

function untimed(rest: string): Said {
  if (SETTING.test(rest)) return unusable("channel setting");
  const joined = JOIN.exec(rest);
  if (joined) return { kind: "join", nick: nickOf(joined[1]) };
  const left = LEAVE.exec(rest);
  if (left) return { kind: "leave", nick: nickOf(left[1]) };
  const renamed = RENAME.exec(rest);
  if (renamed) return { kind: "rename", nick: nickOf(renamed[1]), to: nickOf(renamed[2]) };
  const kicked = KICK.exec(rest);
  if (kicked) return { kind: "kick", nick: nickOf(kicked[1]), by: nickOf(kicked[2]) };
  // The older logs write "* nick waves" so.
  const says = SAYS.exec(rest);
  return says ? spoken("action", says[1] ?? "", says[2] ?? "") : unusable("not understood");
}

/** @param text - one line, repaired */
export function parseLine(text: string): Line {
  if (text.trim() === "") return { minute: null, said: unusable("blank") };
  if (text.startsWith("=== ")) return { minute: null, said: untimed(text.slice(4)) };
  const at = TIMED.exec(text);
  if (at === null) return { minute: null, said: unusable("not understood") };
  return { minute: Number(at[1]) * 60 + Number(at[2]), said: timed(at[3] ?? "") };
}
