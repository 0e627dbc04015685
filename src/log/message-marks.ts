/**
 * Who wrote the newest messages of a room, and where: what an unread count needs, without the messages. Everybody who comes back
 * is told their counts, so that they are counted here and not by a query each.
 */
import type { Entry } from "../protocol/entries.js";

export interface MessageMark {
  seq: number;
  senderId: string;
}

/** Every message from `reach` on that is not deleted, ascending. */
export interface MessageMarks {
  reach: number;
  readonly marks: MessageMark[];
}

/** Enough to tell "more than 99" for all but those who wrote most of them. */
export const MARKS_MAX = 400;

/** Takes in an entry that follows all that is known. */
export function noteEntry(known: MessageMarks, { kind, seq, senderId }: Entry): void {
  if (kind !== "message") return;
  known.marks.push({ seq, senderId });
  // Seldom, not at each message: what is dropped is moved each time.
  if (known.marks.length >= 2 * MARKS_MAX) {
    known.marks.splice(0, known.marks.length - MARKS_MAX);
    known.reach = known.marks[0]?.seq ?? seq;
  }
}

/** Messages by others after `after`, at most `limit`; null when what is known does not reach far enough to tell. */
export function countAfter(
  { reach, marks }: MessageMarks,
  userId: string,
  after: number,
  limit: number,
): number | null {
  let count = 0;
  for (let index = marks.length - 1; index >= 0 && count < limit; index--) {
    const mark = marks[index] as MessageMark;
    if (mark.seq <= after) return count;
    if (mark.senderId !== userId) count += 1;
  }
  return count === limit || after >= reach - 1 ? count : null;
}
