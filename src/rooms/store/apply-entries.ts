/** What a room's entries say about the room and its members, written to `rooms` and `memberships` [L11] [G7]. */
import type { ClientSession } from "mongoose";
import type { Entry, RoomChanges } from "../../protocol/entries.js";
import { foldCase } from "../../protocol/text.js";
import type { MembershipModel, StoredMembership } from "./membership-model.js";
import type { RoomModel, StoredRoom } from "./room-model.js";

interface Models {
  room: RoomModel;
  membership: MembershipModel;
}

/** The memory that the entries were judged by was behind: nothing is stored, and the log reads the room again. */
const behind = (entry: Entry) => new Error(`Entry ${entry.seq} of room ${entry.roomId} changes what is not there.`);

/** A new member's place: everything up to the own `join` counts as read [L11]. */
export function newMember(
  { roomId, seq, sentAt }: Pick<Entry, "roomId" | "seq" | "sentAt">,
  userId: string,
): Omit<StoredMembership, "_id"> {
  return { roomId, userId, role: "member", joinedAt: new Date(sentAt), readSeq: seq, notify: "all" };
}

function fieldsOf({ name, topic, kind, archived }: RoomChanges, sentAt: string): Partial<StoredRoom> {
  return {
    ...(name === undefined ? {} : { name, nameKey: foldCase(name) }),
    ...(topic === undefined ? {} : { topic }),
    ...(kind === undefined ? {} : { kind }),
    ...(archived === undefined ? {} : { archivedAt: archived ? new Date(sentAt) : null }),
  };
}

/** One at a time: a transaction carries one operation at once. */
export async function applyEntries(models: Models, entries: readonly Entry[], session: ClientSession): Promise<void> {
  for (const entry of entries) await applyEntry(models, entry, session);
}

async function applyEntry({ room, membership }: Models, entry: Entry, session: ClientSession): Promise<void> {
  const { roomId } = entry;
  const changeRoom = async (update: { $inc: { memberCount: number } } | { $set: Partial<StoredRoom> }) => {
    const { matchedCount } = await room.updateOne({ _id: roomId }, update, { session });
    if (matchedCount !== 1) throw behind(entry);
  };
  switch (entry.kind) {
    case "message":
      return;
    case "join":
      await membership.create([newMember(entry, entry.userId)], { session });
      return await changeRoom({ $inc: { memberCount: 1 } });
    case "leave": {
      const { deletedCount } = await membership.deleteOne({ roomId, userId: entry.userId }, { session });
      if (deletedCount !== 1) throw behind(entry);
      return await changeRoom({ $inc: { memberCount: -1 } });
    }
    case "role": {
      const update = { $set: { role: entry.role } };
      const { matchedCount } = await membership.updateOne({ roomId, userId: entry.userId }, update, { session });
      if (matchedCount !== 1) throw behind(entry);
      return;
    }
    case "room":
      return await changeRoom({ $set: fieldsOf(entry.changes, entry.sentAt) });
  }
}
