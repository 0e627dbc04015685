/** Who may do what in a room: the contract's §6, so that nobody is offered what the server would refuse. */
import type { MemberRole, Room } from "../../src/protocol/shapes.js";

const RANK: Record<MemberRole, number> = { member: 0, moderator: 1, owner: 2 };

/** Name and topic. */
export const mayDescribe = (role: MemberRole, room: Room) => RANK[role] >= RANK.moderator && open(room);
/** Public or private. */
export const mayChangeKind = (role: MemberRole, room: Room) => role === "owner" && open(room);
/** To archive, and to open again. */
export const mayArchive = (role: MemberRole, room: Room) => role === "owner" && room.kind !== "direct";
export const mayInvite = (room: Room) => open(room);
export const mayLeave = (room: Room) => room.kind !== "direct";
/** Roles are the owners' affair; the people of a direct room have none. */
export const mayChangeRoles = (role: MemberRole, room: Room) => role === "owner" && open(room);
/** Only somebody of lower rank can be removed; that works in an archived room too. */
export const mayRemove = (role: MemberRole, other: MemberRole, room: Room) =>
  room.kind !== "direct" && RANK[role] >= RANK.moderator && RANK[other] < RANK[role];

const open = (room: Room) => room.archivedAt === null && room.kind !== "direct";
