/**
 * Brings into memory what a commit's verdicts need, in as few majority reads as there are kinds of facts: heads first, then
 * rooms, roles and reply targets, so that what is read may be newer than the head, never older [G2].
 */
import type { Entry } from "../../protocol/entries.js";
import type { EntryStore } from "../entry-store.js";
import { usersOf, type Facts, type MemberKey, type Proposal, type RoomSource } from "../intents.js";
import { RECENT_ENTRIES, type Memory, type RoomMemory } from "../memory.js";

interface FactsDeps {
  store: EntryStore;
  memory: Memory;
  rooms: RoomSource;
  /** hands over entries that were stored but, for want of an answer, not delivered */
  deliver(room: RoomMemory, entries: readonly Entry[]): void;
}

export interface FactsLoader {
  /**
   * Makes sure that `rooms` are in memory, with their heads as a majority read shows them; delivers what an unknown
   * outcome left undelivered.
   */
  loadRooms(roomIds: readonly string[]): Promise<Map<string, RoomMemory>>;
  /** Everything that verdicts on these proposals may ask for. */
  prepare(proposals: readonly Proposal[]): Promise<(proposal: Proposal) => Facts>;
}

const ROLES_MAX = 20_000;

/** Entries read at once when what was stored without an answer is delivered after all. */
const RECOVER_AT_ONCE = 500;

const placeKey = (roomId: string, seq: number) => `${roomId} ${seq}`;

export function createFactsLoader({ store, memory, rooms, deliver }: FactsDeps): FactsLoader {
  /** Entries from the last one delivered up to the head: the unknown outcome did store them. */
  async function recover(room: RoomMemory): Promise<void> {
    let after = memory.delivered(room.roomId);
    while (after !== undefined && after < room.head) {
      const found = await store.range(room.roomId, { after, before: room.head + 1, limit: RECOVER_AT_ONCE });
      if (found.length === 0) return;
      memory.prepend(room, found.slice(-RECENT_ENTRIES));
      // Whoever makes the room may have had the answer, and delivered it, while this was read.
      const delivered = memory.delivered(room.roomId) ?? after;
      deliver(
        room,
        found.map(({ entry }) => entry).filter(({ seq }) => seq > delivered),
      );
      after = found.at(-1)?.entry.seq;
    }
  }

  async function loadHeads(cold: readonly string[]): Promise<void> {
    if (cold.length === 0) return;
    for (const { roomId, seq, sentAt } of await store.heads(cold)) memory.load(roomId, seq, sentAt);
  }

  async function loadRecords(loaded: readonly RoomMemory[]): Promise<void> {
    const unread = loaded.filter(({ record }) => record === undefined);
    if (unread.length === 0) return;
    const records = new Map((await rooms.loadRooms(unread.map(({ roomId }) => roomId))).map((room) => [room.id, room]));
    for (const room of unread) room.record = records.get(room.roomId) ?? null;
  }

  async function loadRoles(wanted: readonly (MemberKey & { room: RoomMemory })[]): Promise<void> {
    // Asked about many who are not members, a room's roles would grow without end.
    for (const { room } of wanted) if (room.roles.size > ROLES_MAX) room.roles.clear();
    const unread = wanted.filter(({ room, userId }) => !room.roles.has(userId));
    if (unread.length === 0) return;
    const found = await rooms.loadRoles(unread.map(({ roomId, userId }) => ({ roomId, userId })));
    const roles = new Map(found.map(({ roomId, userId, role }) => [`${roomId} ${userId}`, role]));
    for (const { room, roomId, userId } of unread) room.roles.set(userId, roles.get(`${roomId} ${userId}`) ?? null);
  }

  async function loadReplyTargets(proposals: readonly Proposal[], loaded: ReadonlyMap<string, RoomMemory>) {
    const targets = new Map<string, Entry>();
    const places: { roomId: string; seq: number }[] = [];
    for (const { roomId, intent } of proposals) {
      if (intent.kind !== "message" || intent.replyTo === null) continue;
      const recent = loaded.get(roomId)?.recent ?? [];
      const known = recent[intent.replyTo - (recent[0]?.entry.seq ?? 0)]?.entry;
      if (known === undefined) places.push({ roomId, seq: intent.replyTo });
      else targets.set(placeKey(roomId, known.seq), known);
    }
    for (const entry of await store.many(places)) targets.set(placeKey(entry.roomId, entry.seq), entry);
    return targets;
  }

  async function loadRooms(roomIds: readonly string[]): Promise<Map<string, RoomMemory>> {
    await loadHeads([...new Set(roomIds)].filter((roomId) => memory.get(roomId) === undefined));
    const loaded = new Map<string, RoomMemory>();
    for (const roomId of roomIds) {
      const room = memory.get(roomId);
      if (room !== undefined) loaded.set(roomId, room);
    }
    await loadRecords([...loaded.values()]);
    for (const room of loaded.values()) await recover(room);
    return loaded;
  }

  return {
    loadRooms,
    async prepare(proposals) {
      const loaded = await loadRooms(proposals.map(({ roomId }) => roomId));
      const members = proposals.flatMap((proposal) => {
        const room = loaded.get(proposal.roomId);
        return room ? usersOf(proposal).map((userId) => ({ room, roomId: proposal.roomId, userId })) : [];
      });
      const [, targets] = await Promise.all([loadRoles(members), loadReplyTargets(proposals, loaded)]);
      return ({ roomId, intent }) => {
        const room = loaded.get(roomId);
        const target =
          intent.kind === "message" && intent.replyTo !== null
            ? targets.get(placeKey(roomId, intent.replyTo))
            : undefined;
        return {
          room: room?.record ?? null,
          roleOf: (userId) => room?.roles.get(userId) ?? null,
          replyTarget: target?.kind === "message" ? { deleted: target.deletedAt !== null } : null,
        };
      };
    },
  };
}
