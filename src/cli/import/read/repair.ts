/** From bytes to text that a message may hold; what had to be mended is counted. */

export interface Repaired {
  text: string;
  /** bytes that are no UTF-8, read as Windows-1252, which is what people wrote who did not write UTF-8 */
  badBytes: number;
  /** control characters that were taken out; a tab stays */
  controls: number;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** 0x80 to 0x9F in Windows-1252; from 0xA0 on it is Unicode itself. */
const WINDOWS_1252 = "€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ";

/** Any control character but the tab; the one that sets a colour in mIRC, with the colour's numbers. */
const COLOUR = "\u0003";
const CONTROL = new RegExp(String.raw`${COLOUR}\d{1,2}(?:,\d{1,2})?|[^\P{Control}\t]`, "gu");

function tryUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

/** Takes every well-formed sequence as UTF-8 and every other byte by itself. */
function decodeMixed(bytes: Uint8Array): { text: string; badBytes: number } {
  let text = "";
  let badBytes = 0;
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    const whole = at + length <= bytes.length ? tryUtf8(bytes.subarray(at, at + length)) : null;
    if (whole === null) badBytes += 1;
    text += whole ?? (lead < 0xa0 ? WINDOWS_1252[lead - 0x80] : String.fromCodePoint(lead));
    at += whole === null ? 1 : length;
  }
  return { text, badBytes };
}

/** @param bytes - one line, without its end */
export function repair(bytes: Uint8Array): Repaired {
  const whole = tryUtf8(bytes);
  const { text, badBytes } = whole === null ? decodeMixed(bytes) : { text: whole, badBytes: 0 };
  let controls = 0;
  const clean = text.replace(CONTROL, () => {
    controls += 1;
    return "";
  });
  return { text: clean, badBytes, controls };
}
