/** Makes rooms, each once for a (user, clientId) [L4], with its creator as owner and first entry [L11]. */
import { setTimeout as wait } from "node:timers/promises";
import type { ContentHash } from "../log/content-hash.js";
import type { RoomRecord } from "../log/intents.js";
import type { Log } from "../log/log.js";
import { ChatError } from "../protocol/errors.js";
import { foldCase } from "../protocol/text.js";
import { newMember } from "./store/apply-entries.js";
import type { RoomStore } from "./store/room-store.js";
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
      refusal: nameTaken,
    });
    return id;
  }

  /** @throws ChatError `client_id_reused` when the clientId made another room than this */
  async function firstRoom(userId: string, clientId: string, createHash: string): Promise<string | null> {
    const first = await store.created(userId, clientId);
    if (first === null || first.createHash === createHash) return first?.roomId ?? null;
    throw new ChatError("client_id_reused", "This clientId was used before, for something else.");
  }

  return async (userId, clientId, wanted) => {
    const createHash = contentHash(["create", wanted.name, wanted.topic, wanted.kind]);
    for (let attempt = 1; ; attempt++) {
      const first = await firstRoom(userId, clientId, createHash);
      if (first !== null) return { roomId: first, repeat: true };
      try {
        return { roomId: await found(userId, clientId, wanted, createHash), repeat: false };
      } catch (error) {
        const mayRetry = attempt < ATTEMPTS && lostRace(error);
        // Also before a refusal: a repeat finds its own room's name taken.
        if (!mayRetry && (await firstRoom(userId, clientId, createHash)) === null) throw error;
      }
      await wait(RETRY_WAIT_MS);
    }
  };
}
