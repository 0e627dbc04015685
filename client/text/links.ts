/** Which addresses a message may lead to. */

const SAFE = new Set(["http:", "https:", "mailto:"]);

/** The address in its normal form when it is absolute and of a kind that can do no harm; null otherwise. */
export function safeHref(url: string): string | null {
  const parsed = URL.parse?.(url) ?? tryParse(url);
  return parsed !== null && SAFE.has(parsed.protocol) ? parsed.href : null;
}

function tryParse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

const LOOKS_LIKE_ADDRESS = /^(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?:[/:?#].*)?$/u;

/** The host a link really leads to, when its words name another one: shown beside them. Null when nothing is wrong. */
export function hiddenHost(href: string, words: string): string | null {
  const { host, protocol } = new URL(href);
  if (protocol === "mailto:") return null;
  const named = LOOKS_LIKE_ADDRESS.exec(words.trim())?.[1]?.toLowerCase();
  if (named === undefined || named === host || named === host.replace(/^www\./, "")) return null;
  // An international name reads as its letters, and stands in `host` as xn--…: the same place, so compare by parsing.
  const same = tryParse(`http://${named}`)?.host;
  return same === host ? null : host;
}
