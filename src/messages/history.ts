/** History: reads a room's timeline page by page, by seq, and its log. Permission is `rooms/access`; live delivery is the gateway. */
import type { Log, LogReader } from "../log/log.js";
import type { Entry } from "../protocol/entries.js";
import { ChatError } from "../protocol/errors.js";
import type { Page } from "../protocol/shapes.js";
import type { Access } from "../rooms/access.js";

export interface PageQuery {
  before?: number | undefined;
  after?: number | undefined;
  around?: number | undefined;
  limit: number;
}

export interface MessagePage {
  messages: Entry[];
  page: Page;
  head: number;
}

export interface History {
  /** Ascending, folded at least as of `head`. @throws ChatError `forbidden`, `not_found` */
  page(userId: string, roomId: string, query: PageQuery): Promise<MessagePage>;
  /** One entry of the timeline. @throws ChatError `forbidden`, `not_found` */
  one(userId: string, roomId: string, seq: number): Promise<Entry>;
  /** Every kind of entry after a position. @throws ChatError `forbidden`, `not_found` */
  log(
    userId: string,
    roomId: string,
    query: { after: number; limit: number },
  ): Promise<{ entries: Entry[]; head: number }>;
}

type Span = Awaited<ReturnType<LogReader["timeline"]>>;

export function createHistory({ log, access }: { log: Log; access: Access }): History {
  const first = (roomId: string, from: number, to: number, limit: number): Promise<Span> =>
    log.timeline(roomId, { from, to, end: "first", limit });
  const last = (roomId: string, from: number, to: number, limit: number): Promise<Span> =>
    log.timeline(roomId, { from, to, end: "last", limit });

  /** Seq 1 of every room is a `join` [L11], which the timeline shows and nothing takes away. */
  const beginsBy = (seq: number): boolean => seq >= 1;

  async function before(roomId: string, seq: number, head: number, limit: number): Promise<Span> {
    const [span, newer] = await Promise.all([
      last(roomId, 1, Math.min(seq - 1, head), limit),
      log.timelineReaches(roomId, Math.max(seq, 1), head),
    ]);
    return { ...span, newer };
  }

  async function after(roomId: string, seq: number, head: number, limit: number): Promise<Span> {
    const span = await first(roomId, seq + 1, head, limit);
    return { ...span, older: beginsBy(Math.min(seq, head)) };
  }

  /** As many before as from it on; where one side is short, the other does not grow. */
  async function around(roomId: string, seq: number, head: number, limit: number): Promise<Span> {
    const olderCount = Math.floor(limit / 2);
    const [older, newer] = await Promise.all([
      olderCount > 0 ? last(roomId, 1, Math.min(seq - 1, head), olderCount) : beginsBy(Math.min(seq - 1, head)),
      first(roomId, Math.max(seq, 1), head, limit - olderCount),
    ]);
    if (typeof older === "boolean") return { entries: newer.entries, older, newer: newer.newer };
    return { entries: [...older.entries, ...newer.entries], older: older.older, newer: newer.newer };
  }

  function spanOf(roomId: string, query: PageQuery, head: number): Promise<Span> {
    if (query.before !== undefined) return before(roomId, query.before, head, query.limit);
    if (query.after !== undefined) return after(roomId, query.after, head, query.limit);
    if (query.around !== undefined) return around(roomId, query.around, head, query.limit);
    return last(roomId, 1, head, query.limit);
  }

  /** On an empty page the seqs to pass on are those that were asked for, so that the other way leads back. */
  function pageOf({ entries, older, newer }: Span, query: PageQuery): Page {
    const from = entries[0]?.seq ?? (query.after ?? query.around ?? 0) + 1;
    const to = entries.at(-1)?.seq ?? (query.before ?? query.around ?? 1) - 1;
    return { before: older ? from : null, after: newer ? to : null };
  }

  return {
    async page(userId, roomId, query) {
      // The head first: what is read after it may be newer, never older [G2].
      const head = await log.head(roomId);
      await access.member(roomId, userId);
      const span = await spanOf(roomId, query, head);
      return { messages: span.entries, page: pageOf(span, query), head };
    },
    async one(userId, roomId, seq) {
      await access.member(roomId, userId);
      const entry = await log.timelineEntry(roomId, seq);
      if (entry === null) throw new ChatError("not_found", "There is no such message in this room.");
      return entry;
    },
    async log(userId, roomId, { after: afterSeq, limit }) {
      const head = await log.head(roomId);
      await access.member(roomId, userId);
      return { entries: await log.entries(roomId, { after: afterSeq, head, limit }), head };
    },
  };
}
