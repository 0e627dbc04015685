/** A room's timeline: what of its history is held, and the rows that show it. Pure; the same rows whatever came first. */
import type { Entry } from "../../../src/protocol/entries.js";
import { TIMELINE_KINDS } from "../../../src/protocol/event-names.js";
import type { Pending, Row } from "../types.js";

/** Seqs from and to, both inclusive, between which everything that belongs in the timeline is held. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Timeline {
  /** ascending by seq */
  readonly entries: readonly Entry[];
  /** ascending, and neither overlapping nor touching: between two of them is a hole */
  readonly ranges: readonly Range[];
}

export const EMPTY_TIMELINE: Timeline = { entries: [], ranges: [] };

const isShown = ({ kind }: Entry) => (TIMELINE_KINDS as readonly string[]).includes(kind);

const changedSeqOf = (entry: Entry) => (entry.kind === "message" ? (entry.changedSeq ?? 0) : 0);

/** Of two readings of one entry, the one that more was folded into. */
const newerOf = (a: Entry, b: Entry): Entry => (changedSeqOf(b) > changedSeqOf(a) ? b : a);

/**
 * Takes in a stretch of the room's history.
 *
 * @param entries - all that the timeline shows of `range`; entries of other kinds may be among them and are left out
 */
export function withStretch(timeline: Timeline, entries: readonly Entry[], range: Range): Timeline {
  const shown = entries.filter(isShown);
  return { entries: merge(timeline.entries, shown), ranges: join(timeline.ranges, range) };
}

function merge(held: readonly Entry[], more: readonly Entry[]): readonly Entry[] {
  if (more.length === 0) return held;
  const lastHeld = held.at(-1)?.seq ?? 0;
  const isAscending = more.every((entry, index) => entry.seq > (more[index - 1]?.seq ?? lastHeld));
  if (isAscending) return [...held, ...more];
  const bySeq = new Map(held.map((entry) => [entry.seq, entry]));
  for (const entry of more) {
    const known = bySeq.get(entry.seq);
    bySeq.set(entry.seq, known === undefined ? entry : newerOf(known, entry));
  }
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function join(ranges: readonly Range[], added: Range): readonly Range[] {
  if (added.to < added.from) return ranges;
  let { from, to } = added;
  const apart: Range[] = [];
  for (const range of ranges) {
    if (range.to < from - 1 || range.from > to + 1) apart.push(range);
    else {
      from = Math.min(from, range.from);
      to = Math.max(to, range.to);
    }
  }
  return [...apart, { from, to }].sort((a, b) => a.from - b.from);
}

/** Gives up the oldest entries, so that `keep` of them are left. */
export function withNewest(timeline: Timeline, keep: number): Timeline {
  const first = timeline.entries.at(-keep);
  if (first === undefined || timeline.entries.length <= keep) return timeline;
  return {
    entries: timeline.entries.slice(-keep),
    ranges: timeline.ranges
      .filter((range) => range.to >= first.seq)
      .map((range) => (range.from < first.seq ? { from: first.seq, to: range.to } : range)),
  };
}

/** Gives up the newest entries, so that `keep` of them are left. */
export function withOldest(timeline: Timeline, keep: number): Timeline {
  const last = timeline.entries[keep - 1];
  if (last === undefined || timeline.entries.length <= keep) return timeline;
  return {
    entries: timeline.entries.slice(0, keep),
    ranges: timeline.ranges
      .filter((range) => range.from <= last.seq)
      .map((range) => (range.to > last.seq ? { from: range.from, to: last.seq } : range)),
  };
}

/** The first seq from which on the timeline is held; null when nothing is. 1: the room starts here. */
export const firstHeld = (timeline: Timeline): number | null => timeline.ranges[0]?.from ?? null;

/** The last seq up to which the timeline is held; null when nothing is. */
export const lastHeld = (timeline: Timeline): number | null => timeline.ranges.at(-1)?.to ?? null;

/** The hole that begins behind `after`, both ends exclusive; null when there is none. */
export function holeAfter(timeline: Timeline, after: number): { after: number; before: number } | null {
  const index = timeline.ranges.findIndex((range) => range.to === after);
  const next = timeline.ranges[index + 1];
  return index === -1 || next === undefined ? null : { after, before: next.from };
}

const entryRows = new WeakMap<Entry, Row>();

/** One row object for an entry for as long as it lives, so that nothing is drawn again. */
function rowOf(entry: Entry, key: string): Row {
  const known = entryRows.get(entry);
  if (known?.key === key) return known;
  const row: Row = { kind: "entry", key, entry };
  entryRows.set(entry, row);
  return row;
}

/**
 * What the timeline shows: entries and holes by seq, then what is pending in the order in which it was written. Something
 * pending whose entry is held is not shown a second time.
 *
 * A key is the clientId. Only where somebody else has used the same one, on purpose, theirs is told apart by its seq.
 */
export function rowsOf(timeline: Timeline, pending: readonly Pending[], myId: string | null): Row[] {
  const rows: Row[] = [];
  const mine = new Set(timeline.entries.filter((entry) => entry.senderId === myId).map((entry) => entry.clientId));
  const unsent = pending.filter((item) => !mine.has(item.clientId));
  const taken = new Set([...mine, ...unsent.map((item) => item.clientId)]);
  let rangeIndex = 0;
  for (const entry of timeline.entries) {
    for (let range = timeline.ranges[rangeIndex]; range !== undefined && range.to < entry.seq;) {
      const next = timeline.ranges[rangeIndex + 1];
      if (next !== undefined) rows.push(holeRow(range.to, next.from));
      rangeIndex += 1;
      range = next;
    }
    const isTaken = entry.senderId !== myId && taken.has(entry.clientId);
    const key = isTaken ? `${entry.clientId}:${entry.seq}` : entry.clientId;
    taken.add(key);
    rows.push(rowOf(entry, key));
  }
  for (; rangeIndex + 1 < timeline.ranges.length; rangeIndex += 1) {
    const [range, next] = [timeline.ranges[rangeIndex], timeline.ranges[rangeIndex + 1]];
    if (range !== undefined && next !== undefined) rows.push(holeRow(range.to, next.from));
  }
  for (const item of unsent) rows.push(pendingRow(item));
  return rows;
}

const holeRow = (after: number, before: number): Row => ({
  kind: "hole",
  key: `hole:${after}:${before}`,
  after,
  before,
});

const pendingRows = new WeakMap<Pending, Row>();

function pendingRow(pending: Pending): Row {
  const known = pendingRows.get(pending);
  if (known !== undefined) return known;
  const row: Row = { kind: "pending", key: pending.clientId, pending };
  pendingRows.set(pending, row);
  return row;
}
