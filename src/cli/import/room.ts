/** The room that an import goes into: found by its name or made, and judged fit or not. */
import type { Data } from "../open.js";
import { CommandError } from "../cli.js";
import { hasPassword } from "../../accounts/credentials/passwords.js";
import type { StoredUser } from "../../accounts/user-model.js";
import { createContentHash } from "../../log/content-hash.js";
import { createEntryStore } from "../../log/entry-store.js";
import { createLog } from "../../log/log.js";
import { judgeMessage } from "../../messages/rules.js";
import { roomName, topic as topicSchema } from "../../protocol/scalars.js";
import { foldCase } from "../../protocol/text.js";
import { createRoomCreator } from "../../rooms/create-room.js";
import { createRoomRules } from "../../rooms/rules.js";
import { randomUUID } from "node:crypto";
import { mongo } from "mongoose";

export interface RoomWish {
  name: string;
  /** the username of whoever owns a room that is made; null: the oldest admin */
  owner: string | null;
  /** of a room that is made */
  topic: string;
}

/** What is looked at before anything is written. */
export interface Target {
  wish: RoomWish;
  /** null: it is to be made, by `ownerId` */
  roomId: string | null;
  ownerId: string;
}

function parse(schema: typeof roomName, value: string, option: string): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CommandError(`${option} "${value}": ${parsed.error.issues[0]?.message ?? "Not allowed."}`);
}

const canLogIn = ({ passwordHash, deactivatedAt }: StoredUser) =>
  hasPassword(passwordHash) && deactivatedAt === undefined;

/** Nobody could look after the room of somebody who cannot log in: an imported account, or one that is kept out. */
async function findOwner({ users }: Data, username: string | null): Promise<string> {
  if (username !== null) {
    const owner = await users.findOne({ username: username.toLowerCase() }).lean();
    if (owner === null || !canLogIn(owner))
      throw new CommandError(`--owner ${username}: Nobody of this username can log in here.`);
    return owner._id;
  }
  const admins = await users.find({ role: "admin" }).sort({ createdAt: 1 }).lean();
  const admin = admins.find(canLogIn);
  if (admin === undefined)
    throw new CommandError(
      "The room needs an owner, and there is no admin who can log in: make the first account (npm run admin -- user create, or in the page), or name one with --owner.",
    );
  return admin._id;
}

/** @throws CommandError for a name that cannot be, a room that is archived, or an owner who is not there */
export async function findTarget(data: Data, given: RoomWish): Promise<Target> {
  const name = parse(roomName, given.name, "--room");
  const wish = { ...given, name, topic: parse(topicSchema, given.topic, "--topic") };
  const [rooms] = data.rooms.models;
  const room = await rooms.findOne({ kind: "public", nameKey: foldCase(name) }).lean();
  if (room === null) return { wish, roomId: null, ownerId: await findOwner(data, wish.owner) };
  if (room.archivedAt !== null)
    throw new CommandError(
      `The room ${room.name} is archived: nothing new can be in it. Un-archive it, or name another.`,
    );
  return { wish, roomId: room._id, ownerId: room.createdBy };
}

/**
 * Makes the room as the server does, at the moment of the first line: what comes after it may not be older [L2].
 *
 * @param at - milliseconds since 1970
 */
export async function makeRoom(data: Data, { wish, ownerId }: Target, at: number): Promise<string> {
  const { connection, entries, keys, rooms } = data;
  const now = () => at;
  const { judgeChange } = createRoomRules(rooms);
  const rules = { judgeMessage, judgeChange };
  const contentKey = keys.contentHash;
  const parts = { connection, model: entries, rooms: rooms.source, rules, contentKey, now };
  const log = createLog({ ...parts, deliver: () => undefined });
  try {
    const contentHash = createContentHash(contentKey);
    const newId = () => new mongo.ObjectId().toHexString();
    const create = createRoomCreator({ store: rooms, log, contentHash, now, newId });
    const { roomId } = await create(ownerId, randomUUID(), { name: wish.name, topic: wish.topic, kind: "public" });
    return roomId;
  } finally {
    log.close();
  }
}

/** The last entry's place and moment. */
export async function headOf({ entries }: Data, roomId: string): Promise<{ seq: number; sentAt: number }> {
  const [head] = await createEntryStore(entries).heads([roomId]);
  return { seq: head?.seq ?? 0, sentAt: head?.sentAt ?? 0 };
}
