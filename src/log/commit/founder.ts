/** Makes rooms: the first entries of a log, in the transaction that makes the room itself [L11]. */
import type { ClientSession } from "mongoose";
import type { Entry } from "../../protocol/entries.js";
import { ChatError } from "../../protocol/errors.js";
import type { ChangeWriter } from "./change-writer.js";
import type { ContentHash } from "../content-hash.js";
import type { Hashed } from "../entry-store.js";
import type { RoomRecord } from "../intents.js";
import type { Memory, RoomMemory } from "../memory.js";

export interface Founding {
  /** as it is once all first members are in */
  record: RoomRecord;
  senderId: string;
  clientId: string;
  /** one `join` each, in this order; the creator first */
  memberIds: readonly [string, ...string[]];
  write(session: ClientSession, joins: readonly Entry[]): Promise<void>;
  refusal(error: unknown): ChatError | null;
}

interface FounderDeps {
  changes: ChangeWriter;
  memory: Memory;
  now(): number;
  newClientId(): string;
  hash: ContentHash;
  deliver(room: RoomMemory, entries: readonly Entry[]): void;
}

export function createFounder(deps: FounderDeps): (founding: Founding) => Promise<Entry[]> {
  const { changes, memory, now, newClientId, hash, deliver } = deps;
  return async ({ record, senderId, clientId, memberIds, write, refusal }) => {
    const sentAt = now();
    const joins = memberIds.map<Hashed>((userId, index) => ({
      entry: {
        kind: "join",
        roomId: record.id,
        seq: index + 1,
        sentAt: new Date(sentAt).toISOString(),
        senderId,
        clientId: index === 0 ? clientId : newClientId(),
        userId,
      },
      contentHash: hash(["found", userId]),
    }));
    const outcome = await changes.write(joins, { write, refusal });
    switch (outcome.kind) {
      case "stored": {
        const entries = joins.map(({ entry }) => entry);
        const room = memory.load(record.id, 0, sentAt);
        memory.append(room, joins);
        room.record = record;
        // Joining makes a member; the first ones may be more than that, and are read when they write.
        room.roles.clear();
        deliver(room, entries);
        return entries;
      }
      case "refused":
        throw outcome.error;
      case "raced":
      case "unknown":
        throw new ChatError("unavailable", "The room could not be made right now. Repeat it under the same clientId.", {
          retryAfterMs: 1_000,
          ...(outcome.kind === "unknown" ? { cause: outcome.error } : {}),
        });
    }
  };
}
