/** What a text or a name may hold, as plain functions that client and server share. Imports nothing. */

const LONE_SURROGATE = /\p{Surrogate}/u;
const CONTROL_BUT_TAB_AND_NEWLINE = /[^\P{Control}\t\n]/u;
const CONTROL = /\p{Control}/u;
/** Characters that show nothing, or turn the direction of what follows: a name with them can pose as another name. */
const INVISIBLE = /[\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u2064\u2066-\u206F\uFEFF]/u;

/** CRLF becomes LF, and white space at both ends goes: the form in which a message is counted, compared and stored. */
export function normalizeText(text: string): string {
  return text.replaceAll("\r\n", "\n").trim();
}

/** Names are NFC, so that two that look alike are one. */
export function normalizeName(name: string): string {
  return name.trim().normalize("NFC");
}

/** What is wrong with a message's text, apart from its length; null when nothing is. */
export function problemInText(text: string): string | null {
  if (LONE_SURROGATE.test(text)) return "Must be well-formed Unicode: it holds half of a surrogate pair.";
  if (CONTROL_BUT_TAB_AND_NEWLINE.test(text)) return "Must not hold control characters other than tab and newline.";
  return null;
}

/** What is wrong with a name or a topic (one line of text), apart from its length; null when nothing is. */
export function problemInName(name: string): string | null {
  if (LONE_SURROGATE.test(name)) return "Must be well-formed Unicode: it holds half of a surrogate pair.";
  if (CONTROL.test(name)) return "Must not hold control characters.";
  if (INVISIBLE.test(name)) return "Must not hold invisible characters.";
  return null;
}

/** Lower-cased form under which names are unique and searched. */
export function foldCase(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}
