/** The directory: public rooms by name, page by page. */
import { trusted } from "mongoose";
import type { LogReader } from "../log/reader.js";
import { ChatError } from "../protocol/errors.js";
import type { Room } from "../protocol/shapes.js";
import { foldCase } from "../protocol/text.js";
import type { RoomModel } from "./store/room-model.js";
import { toRecord } from "./store/room-store.js";
import { toRoom } from "./views.js";

interface DirectoryPage {
  rooms: Room[];
  /** opaque; null on the last page */
  nextCursor: string | null;
}

export type Directory = (query: {
  query?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}) => Promise<DirectoryPage>;

/** A search that takes longer is given up: what people type must not keep the database busy. */
const MAX_TIME_MS = 500;
const MAX_TIME_EXPIRED = 50;

const escapeRegExp = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

const toCursor = (nameKey: string) => Buffer.from(nameKey).toString("base64url");

function fromCursor(cursor: string): string {
  const nameKey = Buffer.from(cursor, "base64url").toString();
  // Decoding skips what it does not know, so only what encodes to the same again is one of ours.
  if (nameKey === "" || toCursor(nameKey) !== cursor) {
    throw new ChatError("invalid_request", "cursor: Is not one that this server gave.", {
      fields: [{ path: "cursor", message: "Is not one that this server gave." }],
    });
  }
  return nameKey;
}

export function createDirectory({ model, log }: { model: RoomModel; log: Pick<LogReader, "heads"> }): Directory {
  return async ({ query = "", cursor, limit }) => {
    const wanted = foldCase(query);
    const found = await model
      .find({
        kind: "public",
        archivedAt: null,
        nameKey: trusted({
          ...(wanted === "" ? {} : { $regex: escapeRegExp(wanted) }),
          // Public rooms are unique by this key, so it alone says where a page ends.
          $gt: cursor === undefined ? "" : fromCursor(cursor),
        }),
      })
      .sort({ nameKey: 1 })
      .limit(limit + 1)
      .readConcern("majority")
      .maxTimeMS(MAX_TIME_MS)
      .lean()
      .catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== MAX_TIME_EXPIRED) throw error;
        throw new ChatError("unavailable", "The search took too long. Try again shortly.", { cause: error });
      });
    const page = found.slice(0, limit);
    const heads = await log.heads(page.map(({ _id }) => _id));
    const last = page.at(-1);
    return {
      rooms: page.map((room) => toRoom(toRecord(room), heads.get(room._id) ?? 0)),
      nextCursor: found.length > limit && last?.nameKey ? toCursor(last.nameKey) : null,
    };
  };
}
