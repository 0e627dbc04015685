/** From a nick to a username of the contract's alphabet, and to a display name. Pure. */
import { LIMITS } from "../../protocol/limits.js";
import { normalizeName, problemInName } from "../../protocol/text.js";

const RESERVED = new Set(["all", "here", "deleted"]);

/** IRC takes these for upper and lower case of one letter (RFC 1459). */
const SCANDINAVIAN: Record<string, string> = { "[": "{", "]": "}", "\\": "|", "~": "^" };

/** Nicks that are one on IRC are one here: the form they are compared by. */
export function foldNick(nick: string): string {
  return nick.toLowerCase().replace(/[[\]\\~]/g, (sign) => SCANDINAVIAN[sign] ?? sign);
}

const withoutEnds = (name: string) => name.replace(/^[._-]+|[._-]+$/g, "");

function baseOf(nick: string): string {
  const plain = nick
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-");
  const base = withoutEnds(withoutEnds(plain).slice(0, LIMITS.usernameMax));
  if (base.length >= LIMITS.usernameMin && !RESERVED.has(base)) return base;
  return base === "" ? "irc" : `${base}-irc`;
}

/**
 * A username for a nick: "|QuaD-" is "quad", "el" is "el-irc". One that is taken gets a number: "quad-2".
 *
 * @param isTaken - asked for one after the other, so that the same nicks in the same order get the same names
 */
export function toUsername(nick: string, isTaken: (username: string) => boolean): string {
  const base = baseOf(nick);
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? "" : `-${number}`;
    const username = `${withoutEnds(base.slice(0, LIMITS.usernameMax - ending.length))}${ending}`;
    if (!isTaken(username)) return username;
  }
}

/** The nick as it was written, but for what a display name may not hold. */
export function toDisplayName(nick: string, username: string): string {
  const name = normalizeName(nick).slice(0, LIMITS.displayNameMax);
  return name === "" || problemInName(name) !== null ? username : name;
}
