/** Makes rooms, each once for a (user, clientId) [L4], with its creator as owner and first entry [L11]. */
import { setTimeout as wait } from "node:timers/promises";
import type { ContentHash } from "../log/content-hash.js";
import type { RoomRecord } from "../log/intents.js";
import type { Log } from "../log/log.js";
import { ChatError } from "../protocol/errors.js";
import { foldCase } from "../protocol/text.js";
import { newMember } from "./apply-entries.js";
import { ROOM_INDEXES } from "./room-model.js";
import { duplicateIndexOf, type RoomStore } from "./room-store.js";
import { nameTaken } from "./rules.js";

interface NewRoom {
  name: string;
  topic: string;
  kind: "public" | "private";
}

interface CreateRoomDeps {
  store: Pick<RoomStore, "created" | "insertRoom">;
  log: Pick<Log, "found">;
  contentHash: ContentHash;
  /** the server's clock, in milliseconds */
  now(): number;
  newId(): string;
}

/** @throws ChatError `conflict` when a public room has the name; `client_id_reused`; `unavailable` */
export type CreateRoom = (
  userId: string,
  clientId: string,
  wanted: NewRoom,
) => Promise<{ roomId: string; repeat: boolean }>;

/** Two that want the same name or repeat the same clientId at once: one of them waits for the other to be done. */
const ATTEMPTS = 5;
const RETRY_WAIT_MS = 20;

const underWay = () =>
  new ChatError("unavailable", "This room is being made. Repeat it under the same clientId.", { retryAfterMs: 1_000 });

/** A lost race leaves nothing behind and carries no cause; an unknown outcome has one, and is the client's to repeat. */
const lostRace = (error: unknown) =>
  error instanceof ChatError && error.code === "unavailable" && error.cause === undefined;

export function createRoomCreator({ store, log, contentHash, now, newId }: CreateRoomDeps): CreateRoom {
  async function found(createdBy: string, createClientId: string, wanted: NewRoom, createHash: string) {
    const { name, topic, kind } = wanted;
    const createdAt = new Date(now());
    const record: RoomRecord = {
      id: newId(),
      kind,
      name,
      topic,
      createdBy,
      createdAt: createdAt.toISOString(),
      memberCount: 1,
      archivedAt: null,
    };
    const { id, ...fields } = record;
    const made = { createClientId, createHash, createdAt, nameKey: foldCase(name), archivedAt: null };
    await log.found({
      record,
      senderId: createdBy,
      clientId: createClientId,
      memberIds: [createdBy],
      async write(session, [join]) {
        if (join === undefined) throw new Error("A room starts with its creator's join.");
        const owner = { ...newMember(join, createdBy), role: "owner" as const };
        await store.insertRoom({ ...fields, ...made, _id: id }, owner, session);
      },
      refusal: (error) => (duplicateIndexOf(error) === ROOM_INDEXES.create ? underWay() : nameTaken(error)),
    });
    return id;
  }

  return async (userId, clientId, wanted) => {
    const createHash = contentHash(["create", wanted.name, wanted.topic, wanted.kind]);
    let failure: unknown = null;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await wait(RETRY_WAIT_MS);
      // Also before a refusal: a repeat finds its own room's name taken.
      const first = await store.created(userId, clientId);
      if (first !== null) {
        if (first.createHash === createHash) return { roomId: first.roomId, repeat: true };
        throw new ChatError("client_id_reused", "This clientId was used before, for something else.");
      }
      if (failure !== null && !lostRace(failure)) throw failure;
      try {
        return { roomId: await found(userId, clientId, wanted, createHash), repeat: false };
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  };
}
