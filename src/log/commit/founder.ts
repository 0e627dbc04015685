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
  /** the room may be there: it is to be read */
  onUnknown(error: unknown): void;
}

const notNow = (cause?: unknown) =>
  new ChatError("unavailable", "The room could not be made right now. Repeat it under the same clientId.", {
    retryAfterMs: 1_000,
    ...(cause === undefined ? {} : { cause }),
  });

export function createFounder(deps: FounderDeps): (founding: Founding) => Promise<Entry[]> {
  const { changes, memory, now, newClientId, hash, deliver, onUnknown } = deps;

  function remember(record: RoomRecord, joins: readonly Hashed[], sentAt: number): RoomMemory {
    const known = memory.get(record.id);
    const room = known ?? memory.load(record.id, 0, sentAt);
    if (known === undefined) memory.append(room, joins);
    room.record = record;
    // Joining makes a member; the first ones may be more than that, and are read when they write.
    room.roles.clear();
    return room;
  }

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
    // Whoever comes to know the room before its making is confirmed here delivers it from its first entry on.
    memory.setDelivered(record.id, 0);
    const outcome = await changes.write(joins, { write, refusal });
    if (outcome.kind === "refused" || outcome.kind === "raced") memory.neverDelivered(record.id);
    switch (outcome.kind) {
      case "stored": {
        const entries = joins.map(({ entry }) => entry);
        if ((memory.delivered(record.id) ?? 0) < joins.length) deliver(remember(record, joins, sentAt), entries);
        return entries;
      }
      case "refused":
        throw outcome.error;
      case "unknown":
        // It may be stored: then it is found by reading the room, and delivered.
        memory.forget(record.id);
        onUnknown(outcome.error);
        throw notNow(outcome.error);
      case "raced":
        throw notNow();
    }
  };
}
