/** From a room's rows to what the timeline draws: where a day begins, and which messages stand under one name. */
import type { JoinEntry, LeaveEntry } from "../../src/protocol/entries.js";
import type { Row } from "../sdk/types.js";
import { localDate } from "../text/days.js";

export interface TimelineItem {
  /** the row's own key: the same through sending and sent, and whatever is loaded above */
  key: string;
  row: Row;
  /** the comings and goings that stand in one line, `row` the last of them; null for every other row */
  traffic: readonly Traffic[] | null;
  at: Date | null;
  /** the local date when this row is the first of its day, else null */
  day: string | null;
  /** whether it stands under the name of the message above it */
  grouped: boolean;
}

export type Traffic = JoinEntry | LeaveEntry;

/** Messages of one person within this time of each other stand under one name. */
const GROUP_MS = 5 * 60_000;

/**
 * Lays rows out. A row's own item carries the separator of its day, so that items begin and end where rows do: older rows
 * put above change no key.
 *
 * @param meId - whose pending rows these are
 */
export function timelineItems(rows: readonly Row[], meId: string): TimelineItem[] {
  const items: TimelineItem[] = [];
  let lastDay: string | null = null;
  let lastAt = -Infinity;
  let author: string | null = null;
  const draw = inTraffic(rows);
  for (const { row, key, traffic } of draw) {
    const at = momentOf(row, lastAt);
    const here = at === null ? null : localDate(at);
    const day = here !== null && here !== lastDay ? here : null;
    const writer = writerOf(row, meId);
    const grouped =
      day === null &&
      writer !== null &&
      writer === author &&
      !isReply(row) &&
      (at?.getTime() ?? 0) - lastAt <= GROUP_MS;
    items.push({ key, row, traffic, at, day, grouped });
    author = writer;
    if (at !== null) lastAt = at.getTime();
    // What follows a hole may be of any day: it says which.
    lastDay = row.kind === "hole" ? null : here;
  }
  return items;
}

interface Drawn {
  row: Row;
  key: string;
  traffic: readonly Traffic[] | null;
}

/** Whose line each coming or going was first drawn in: the line keeps its key whichever end it grows at. */
const lineKeys = new WeakMap<Traffic, string>();

/** Comings and goings with nothing between them, on one day, are one line: a flood of them would bury the talk. */
function inTraffic(rows: readonly Row[]): Drawn[] {
  const drawn: Drawn[] = [];
  let run: Traffic[] = [];
  let last: Row | null = null;
  const taken = new Set<string>();
  const end = () => {
    if (last === null) return;
    const known = run.map((entry) => lineKeys.get(entry)).find((key) => key !== undefined && !taken.has(key));
    // A line that came apart leaves its key to its first part.
    const key = known ?? (taken.has(last.key) ? `${last.key}:line` : last.key);
    taken.add(key);
    for (const entry of run) lineKeys.set(entry, key);
    drawn.push({ row: last, key, traffic: run });
    run = [];
    last = null;
  };
  for (const row of rows) {
    const entry = trafficOf(row);
    const before = run.at(-1);
    if (entry === null || (before !== undefined && !isSameDay(before, entry))) end();
    if (entry === null) drawn.push({ row, key: row.key, traffic: null });
    else {
      run.push(entry);
      last = row;
    }
  }
  end();
  return drawn;
}

/** The room's making [L11], and who was invited or removed by somebody else, are told each in a line of its own. */
function trafficOf(row: Row): Traffic | null {
  if (row.kind !== "entry" || row.entry.seq === 1) return null;
  const { entry } = row;
  const isTraffic = entry.kind === "join" || entry.kind === "leave";
  return isTraffic && entry.senderId === entry.userId ? entry : null;
}

const isSameDay = (one: Traffic, other: Traffic) =>
  localDate(new Date(one.sentAt)) === localDate(new Date(other.sentAt));

/** A pending row stands below the newest entry: a slow clock of its own must not move it to an earlier day. */
function momentOf(row: Row, lastAt: number): Date | null {
  switch (row.kind) {
    case "entry":
      return new Date(row.entry.sentAt);
    case "pending":
      return new Date(Math.max(row.pending.writtenAt, lastAt));
    case "hole":
      return null;
  }
}

function writerOf(row: Row, meId: string): string | null {
  if (row.kind === "pending") return meId;
  return row.kind === "entry" && row.entry.kind === "message" ? row.entry.senderId : null;
}

function isReply(row: Row): boolean {
  if (row.kind === "pending") return row.pending.replyTo !== null;
  return row.kind === "entry" && row.entry.kind === "message" && row.entry.replyTo !== null;
}

/** The seq of the last entry among the rows; 0 when there is none. */
export function lastSeq(rows: readonly Row[]): number {
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const row = rows[index];
    if (row?.kind === "entry") return row.entry.seq;
  }
  return 0;
}

/** How many messages by others stand after a seq. */
export function messagesAfter(rows: readonly Row[], seq: number, meId: string): number {
  let count = 0;
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const row = rows[index];
    if (row?.kind !== "entry") continue;
    if (row.entry.seq <= seq) break;
    if (row.entry.kind === "message" && row.entry.senderId !== meId && row.entry.deletedAt === null) count += 1;
  }
  return count;
}
