/**
 * Who may change a room and its membership (protocol.md §6), judged when the commit is formed [G6].
 *
 * Roles and the room are given as of the head. What is read from the database here may be newer; then another server has
 * written, this server's entry loses the race for its position, and it is judged again.
 */
import type { Change, Draft, Facts, Intent, Proposal, RoomRecord, Rules, Verdict } from "../log/intents.js";
import type { RoomChanges } from "../protocol/entries.js";
import { ChatError } from "../protocol/errors.js";
import type { MemberRole } from "../protocol/shapes.js";
import { noSuchRoom, outsiderError } from "./access.js";
import { ROOM_INDEXES } from "./store/room-model.js";
import { duplicateIndexOf, type RoomStore } from "./store/room-store.js";

export type RoomRules = Pick<Rules, "judgeChange">;

/** Somebody in a room who wants to change it. */
interface Actor {
  userId: string;
  role: MemberRole;
  room: RoomRecord;
}

const RANK: Record<MemberRole, number> = { member: 1, moderator: 2, owner: 3 };

const NOTHING: Verdict = { kind: "nothing" };

const refuse = (code: "forbidden" | "not_found" | "conflict", detail: string): Verdict => ({
  kind: "refuse",
  error: new ChatError(code, detail),
});

const refuseArchived = () => refuse("forbidden", "This room is archived: nothing new can happen in it.");

/** What a taken name is refused with; null for any other error. */
export function nameTaken(error: unknown): ChatError | null {
  if (duplicateIndexOf(error) !== ROOM_INDEXES.publicName) return null;
  return new ChatError("conflict", "There is a public room of this name already.");
}

/** Those of `changes` that would make a difference. */
function differing(changes: RoomChanges, room: RoomRecord): RoomChanges {
  const { name, topic, kind, archived } = changes;
  return {
    ...(name === undefined || name === room.name ? {} : { name }),
    ...(topic === undefined || topic === room.topic ? {} : { topic }),
    ...(kind === undefined || kind === room.kind ? {} : { kind }),
    ...(archived === undefined || archived === (room.archivedAt !== null) ? {} : { archived }),
  };
}

type RulesStore = Pick<RoomStore, "applyEntries" | "hasOtherOwner" | "heirOf">;

export function createRoomRules(store: RulesStore): RoomRules {
  const change: Change = {
    write: (session, placed) => store.applyEntries(placed, session),
    refusal: nameTaken,
  };
  const append = (...drafts: [Draft, ...Draft[]]): Verdict => ({ kind: "append", drafts, change });

  function judgeJoin(userId: string, role: MemberRole | null, room: RoomRecord): Verdict {
    if (role !== null) return NOTHING;
    if (room.kind !== "public") return { kind: "refuse", error: noSuchRoom() };
    return room.archivedAt === null ? append({ kind: "join", userId }) : refuseArchived();
  }

  async function judgeLeave({ userId, role, room }: Actor): Promise<Verdict> {
    const leave: Draft = { kind: "leave", userId };
    if (role !== "owner" || (await store.hasOtherOwner(room.id, userId))) return append(leave);
    const heir = await store.heirOf(room.id, userId);
    if (heir !== null) return append(leave, { kind: "role", userId: heir, role: "owner" });
    return room.archivedAt === null ? append(leave, { kind: "room", changes: { archived: true } }) : append(leave);
  }

  async function judgeRemove(actor: Actor, userId: string, role: MemberRole | null): Promise<Verdict> {
    if (userId === actor.userId) return await judgeLeave(actor);
    if (role === null) return refuse("not_found", "This user is not in the room.");
    if (RANK[actor.role] < RANK.moderator || RANK[actor.role] <= RANK[role]) {
      return refuse("forbidden", "Moderators and owners may remove members of lower rank.");
    }
    return append({ kind: "leave", userId });
  }

  function judgeInvite({ role, room }: Actor, userId: string, wanted: MemberRole | null): Verdict {
    if (room.archivedAt !== null) return refuseArchived();
    const join: Draft = { kind: "join", userId };
    if (wanted === null || wanted === "member") return append(join);
    if (role !== "owner") return refuse("forbidden", "Only owners give roles.");
    return append(join, { kind: "role", userId, role: wanted });
  }

  async function judgeRole(actor: Actor, userId: string, from: MemberRole, to: MemberRole | null): Promise<Verdict> {
    if (to === null || to === from) return NOTHING;
    if (actor.role !== "owner") return refuse("forbidden", "Only owners change roles.");
    if (actor.room.archivedAt !== null) return refuseArchived();
    // Another owner who is demoted leaves the actor, who is one as well.
    if (userId === actor.userId && !(await store.hasOtherOwner(actor.room.id, userId))) {
      return refuse("conflict", "The last owner cannot step down. Make somebody else an owner first.");
    }
    return append({ kind: "role", userId, role: to });
  }

  function judgeRoom({ role, room }: Actor, wanted: RoomChanges): Verdict {
    const changes = differing(wanted, room);
    if (Object.keys(changes).length === 0) return NOTHING;
    const ownersOnly = changes.kind !== undefined || changes.archived !== undefined;
    if (ownersOnly && role !== "owner") return refuse("forbidden", "Only owners change this.");
    if (RANK[role] < RANK.moderator) return refuse("forbidden", "Only moderators and owners change this.");
    if (room.archivedAt !== null && changes.archived !== false) return refuseArchived();
    return append({ kind: "room", changes });
  }

  async function judgeActor(actor: Actor, intent: Exclude<Intent, { kind: "join" | "message" }>, facts: Facts) {
    if (actor.room.kind === "direct") return refuse("forbidden", "A direct room and its people never change.");
    switch (intent.kind) {
      case "leave":
        return await judgeLeave(actor);
      case "remove":
        return await judgeRemove(actor, intent.userId, facts.roleOf(intent.userId));
      case "member": {
        const role = facts.roleOf(intent.userId);
        return role === null
          ? judgeInvite(actor, intent.userId, intent.role)
          : await judgeRole(actor, intent.userId, role, intent.role);
      }
      case "room":
        return judgeRoom(actor, intent.changes);
    }
  }

  return {
    async judgeChange({ senderId, intent }: Proposal, facts) {
      const { room } = facts;
      const role = facts.roleOf(senderId);
      if (intent.kind === "message") throw new Error("A message is not a change: judgeMessage judges it.");
      if (room === null) return { kind: "refuse", error: noSuchRoom() };
      if (intent.kind === "join") return judgeJoin(senderId, role, room);
      if (role === null) return { kind: "refuse", error: outsiderError(room) };
      return await judgeActor({ userId: senderId, role, room }, intent, facts);
    },
  };
}
