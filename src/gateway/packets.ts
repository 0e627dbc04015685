/** Cuts entries into packets of at most LIMITS.entriesPacketBytes [D0]. */
import type { Entry } from "../protocol/entries.js";

/** What an entry takes in JSON beside its text. */
const ENTRY_BYTES = 600;
/** Bytes that a UTF-16 unit takes at most as UTF-8 in JSON: controls, which would take six, are not let in. */
const UNIT_BYTES = 3;

const boundOf = (entry: Entry) =>
  entry.kind === "message" ? ENTRY_BYTES + entry.text.length * UNIT_BYTES : ENTRY_BYTES + 2_000;

/** Bytes of an entry in JSON. */
const bytesOf = (entry: Entry) => Buffer.byteLength(JSON.stringify(entry)) + 1;

/**
 * The longest beginning of `entries` that fits into `maxBytes`, and its size. Measured only when it might not fit: writing JSON
 * twice for every packet would cost more than all the rest of a push.
 */
export function fitting(entries: readonly Entry[], maxBytes: number): { count: number; bytes: number } {
  let bound = 0;
  for (const entry of entries) bound += boundOf(entry);
  if (bound <= maxBytes) return { count: entries.length, bytes: bound };
  let bytes = 0;
  for (const [index, entry] of entries.entries()) {
    const size = bytesOf(entry);
    if (bytes + size > maxBytes) return { count: index, bytes };
    bytes += size;
  }
  return { count: entries.length, bytes };
}

/** All of `entries` in packets that fit; an entry that alone is too large goes alone. */
export function toPackets(entries: readonly Entry[], maxBytes: number): (readonly Entry[])[] {
  const packets: (readonly Entry[])[] = [];
  for (let rest = entries; rest.length > 0;) {
    const count = Math.max(1, fitting(rest, maxBytes).count);
    packets.push(rest.slice(0, count));
    rest = rest.slice(count);
  }
  return packets;
}
