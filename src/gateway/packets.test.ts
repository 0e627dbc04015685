import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { MessageEntry } from "../protocol/entries.js";
import { fitting, toPackets } from "./packets.js";

function message(seq: number, text: string): MessageEntry {
  return {
    kind: "message",
    roomId: "6b015af684f828c27d5013a6",
    seq,
    sentAt: "2026-11-21T05:30:27.123Z",
    senderId: "6b015af684f828c27d5013a2",
    clientId: "00000000-0000-4000-8000-000000000000",
    text,
    replyTo: null,
    files: [],
    mentions: [],
    editedAt: null,
    deletedAt: null,
    reactions: [],
    pinned: false,
    changedSeq: null,
  };
}

/** Texts that are small, large, and large in JSON. */
const text = fc.oneof(
  fc.string({ maxLength: 50 }),
  fc.constantFrom("a", "é", "\u20ac", '"', "\n", "\u{1f30a}").map((unit) => unit.repeat(4_000)),
);
const entries = fc.array(text, { maxLength: 60 }).map((texts) => texts.map((one, index) => message(index + 1, one)));

const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe("packets", () => {
  it("[D0] hold every entry once, in order, and none is larger than it may be unless it is one entry", () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 2_000, max: 100_000 }), (all, maxBytes) => {
        const packets = toPackets(all, maxBytes);

        expect(packets.flat()).toEqual(all);
        for (const packet of packets) expect(packet.length === 1 || jsonBytes(packet) <= maxBytes).toBe(true);
      }),
    );
  });

  it("[D0] put 256 short messages into one packet", () => {
    const all = Array.from({ length: 256 }, (_, index) => message(index + 1, "hello there"));

    const packets = toPackets(all, 256 * 1024);

    expect(packets).toHaveLength(1);
  });

  it("[S1] say how many entries fit: none when the first is too large", () => {
    const { count } = fitting([message(1, "a".repeat(8_000))], 5_000);

    expect(count).toBe(0);
  });
});
