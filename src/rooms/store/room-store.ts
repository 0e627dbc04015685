/**
 * Rooms and memberships in MongoDB: every read and write of both collections.
 *
 * Reads are majority reads [L5]. What an entry says is written by `applyEntries`, in the transaction that stores the entry [L11].
 */
import { mongo, trusted, type ClientSession, type Connection } from "mongoose";
import { createBatchReader } from "../../infra/database/batch-reader.js";
import type { Entry } from "../../protocol/entries.js";
import type { Membership, MemberRole, Notify } from "../../protocol/shapes.js";
import type { RoomRecord, RoomSource } from "../../log/intents.js";
import { createMembershipModel, type MembershipModel, type StoredMembership } from "./membership-model.js";
import { applyEntries } from "./apply-entries.js";
import { createRoomModel, type RoomModel, type StoredRoom } from "./room-model.js";

export interface RoomStore {
  /** for their indexes */
  models: readonly [RoomModel, MembershipModel];
  /** what the log reads rooms and roles from */
  source: RoomSource;
  /** in no order; ids that do not exist are left out */
  rooms(roomIds: readonly string[]): Promise<RoomRecord[]>;
  room(roomId: string): Promise<RoomRecord | null>;
  /** the room that `userId` made under this clientId [L4] */
  created(userId: string, clientId: string): Promise<{ roomId: string; createHash: string } | null>;
  membership(roomId: string, userId: string): Promise<Membership | null>;
  membershipsOf(userId: string): Promise<Membership[]>;
  /** the oldest first */
  membersOf(roomId: string): Promise<Membership[]>;
  hasOtherOwner(roomId: string, userId: string): Promise<boolean>;
  /** who takes over when `leaverId` goes: the oldest moderator, else the oldest member, else nobody */
  heirOf(roomId: string, leaverId: string): Promise<string | null>;
  /** null when `userId` is not a member; nothing was changed then */
  setNotify(roomId: string, userId: string, notify: Notify): Promise<Membership | null>;
  /** stores a new room with its first member; part of a caller's transaction */
  insertRoom(room: StoredRoom, owner: Omit<StoredMembership, "_id">, session: ClientSession): Promise<void>;
  /** makes rooms and memberships say what `entries` say; part of the transaction that stores them [L11] */
  applyEntries(entries: readonly Entry[], session: ClientSession): Promise<void>;
}

/** Pairs of (room, user) looked up in one query. */
const KEYS_AT_ONCE = 500;

/** Users whose memberships are read in one query. */
const USERS_AT_ONCE = 100;

export function toRecord(room: StoredRoom): RoomRecord {
  return {
    id: room._id,
    kind: room.kind,
    name: room.name,
    topic: room.topic,
    createdBy: room.createdBy,
    createdAt: room.createdAt.toISOString(),
    memberCount: room.memberCount,
    archivedAt: room.archivedAt?.toISOString() ?? null,
  };
}

function toMembership(stored: StoredMembership): Membership {
  const { roomId, userId, role, joinedAt, readSeq, notify } = stored;
  return { roomId, userId, role, joinedAt: joinedAt.toISOString(), readSeq, notify };
}

/** The unique index that refused a write; null when it was another error. */
export function duplicateIndexOf(error: unknown): string | null {
  if (!(error instanceof mongo.MongoServerError) || error.code !== 11000) return null;
  return /index: (\S+)/.exec(error.message)?.[1] ?? null;
}

export function createRoomStore(connection: Connection): RoomStore {
  const roomModel = createRoomModel(connection);
  const membershipModel = createMembershipModel(connection);

  async function rooms(roomIds: readonly string[]): Promise<RoomRecord[]> {
    if (roomIds.length === 0) return [];
    const filter = { _id: trusted({ $in: [...roomIds] }) };
    return (await roomModel.find(filter).readConcern("majority").lean()).map(toRecord);
  }

  const readMemberships = createBatchReader(async (userIds) => {
    const filter = { userId: trusted({ $in: [...userIds] }) };
    const found = await membershipModel.find(filter).readConcern("majority").lean();
    const byUser = new Map<string, Membership[]>();
    for (const membership of found.map(toMembership)) {
      const known = byUser.get(membership.userId);
      if (known === undefined) byUser.set(membership.userId, [membership]);
      else known.push(membership);
    }
    return byUser;
  }, USERS_AT_ONCE);

  async function oldest(roomId: string, role: MemberRole, exceptUserId: string): Promise<string | null> {
    const found = await membershipModel
      .findOne({ roomId, role, userId: trusted({ $ne: exceptUserId }) })
      .sort({ joinedAt: 1, _id: 1 })
      .readConcern("majority")
      .lean();
    return found?.userId ?? null;
  }

  return {
    models: [roomModel, membershipModel],
    source: {
      loadRooms: rooms,
      async loadRoles(keys) {
        const found: StoredMembership[] = [];
        for (let start = 0; start < keys.length; start += KEYS_AT_ONCE) {
          const pairs = keys.slice(start, start + KEYS_AT_ONCE).map(({ roomId, userId }) => ({ roomId, userId }));
          found.push(...(await membershipModel.find({ $or: pairs }).readConcern("majority").lean()));
        }
        return found.map(({ roomId, userId, role }) => ({ roomId, userId, role }));
      },
    },
    rooms,
    async room(roomId) {
      const found = await roomModel.findOne({ _id: roomId }).readConcern("majority").lean();
      return found === null ? null : toRecord(found);
    },
    async created(userId, clientId) {
      const found = await roomModel
        .findOne({ createdBy: userId, createClientId: clientId })
        .readConcern("majority")
        .lean();
      return found === null ? null : { roomId: found._id, createHash: found.createHash };
    },
    async membership(roomId, userId) {
      const found = await membershipModel.findOne({ roomId, userId }).readConcern("majority").lean();
      return found === null ? null : toMembership(found);
    },
    membershipsOf: async (userId) => (await readMemberships(userId)) ?? [],
    async membersOf(roomId) {
      const found = membershipModel.find({ roomId }).sort({ joinedAt: 1, _id: 1 }).readConcern("majority");
      return (await found.lean()).map(toMembership);
    },
    async hasOtherOwner(roomId, userId) {
      return (await oldest(roomId, "owner", userId)) !== null;
    },
    async heirOf(roomId, leaverId) {
      return (await oldest(roomId, "moderator", leaverId)) ?? (await oldest(roomId, "member", leaverId));
    },
    async setNotify(roomId, userId, notify) {
      const found = await membershipModel
        .findOneAndUpdate({ roomId, userId }, { $set: { notify } }, { returnDocument: "after" })
        .w("majority")
        .j(true)
        .lean();
      return found === null ? null : toMembership(found);
    },
    async insertRoom(room, owner, session) {
      await roomModel.create([room], { session });
      await membershipModel.create([owner], { session });
    },
    applyEntries: (entries, session) =>
      applyEntries({ room: roomModel, membership: membershipModel }, entries, session),
  };
}
