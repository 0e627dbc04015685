/** What people do with rooms and their members: each change is one append, judged by `rules` when its commit is formed. */
import type { Intent } from "../log/intents.js";
import type { Log } from "../log/log.js";
import type { Entry, RoomChanges } from "../protocol/entries.js";
import { ChatError } from "../protocol/errors.js";
import { LIMITS } from "../protocol/limits.js";
import type { Member, MemberRole, Membership, Notify, Presence, RoomView, User } from "../protocol/shapes.js";
import type { Access } from "./access.js";
import { newMember } from "./store/apply-entries.js";
import type { RoomStore } from "./store/room-store.js";
import type { Views } from "./views.js";

export interface UserSource {
  /** in any order; ids that do not exist are left out */
  byIds(ids: readonly string[]): Promise<User[]>;
  exists(id: string): Promise<boolean>;
}

export interface PresenceSource {
  of(userIds: readonly string[]): Presence[];
}

/** One request of one user: the same clientId again is answered as the first time [L4]. */
export interface Request {
  userId: string;
  roomId: string;
  clientId: string;
}

export interface RoomActions {
  /** The room as it is after it. @throws ChatError what `rules` refuse with */
  update(request: Request, changes: RoomChanges): Promise<RoomView>;
  /** The room as it is now; `not_found` when a repeat finds it out of sight. */
  join(request: Request): Promise<RoomView>;
  leave(request: Request): Promise<void>;
  /** Invites, or changes a role; `role` null leaves a member's as it is. */
  putMember(request: Request, targetId: string, role: MemberRole | null): Promise<Membership>;
  /** Removing oneself is leaving. */
  removeMember(request: Request, targetId: string): Promise<void>;
  members(roomId: string, userId: string): Promise<Member[]>;
  setNotify(roomId: string, userId: string, notify: Notify): Promise<Membership>;
}

export interface RoomActionsDeps {
  store: RoomStore;
  log: Pick<Log, "append" | "roomAndRole">;
  access: Access;
  views: Views;
  users: UserSource;
  presence: PresenceSource;
  pushMembershipChanged(membership: Membership): void;
}

/**
 * The membership that a request has brought about, for a repeat that can no longer be shown it. Of a role it is known when it
 * was given, not when the user had joined.
 */
function membershipThen(entry: Entry, userId: string, role: MemberRole): Membership {
  const then = newMember(entry, userId);
  return { ...then, role, joinedAt: entry.sentAt };
}

export function createRoomActions(deps: RoomActionsDeps): RoomActions {
  const { store, log, access, views, users, presence, pushMembershipChanged } = deps;

  const append = async ({ userId, roomId, clientId }: Request, intent: Intent) =>
    await log.append({ roomId, senderId: userId, clientId, intent });

  async function usersById(ids: readonly string[]): Promise<Map<string, User>> {
    const found = new Map<string, User>();
    for (let start = 0; start < ids.length; start += LIMITS.usersByIdsMax) {
      for (const user of await users.byIds(ids.slice(start, start + LIMITS.usersByIdsMax))) found.set(user.id, user);
    }
    return found;
  }

  return {
    async update(request, changes) {
      await append(request, { kind: "room", changes });
      return await views.viewOf(request.roomId, request.userId);
    },
    async join(request) {
      await append(request, { kind: "join" });
      return await views.viewOf(request.roomId, request.userId);
    },
    async leave(request) {
      await append(request, { kind: "leave" });
    },
    async putMember(request, targetId, role) {
      const { roomId, userId } = request;
      if (!(await users.exists(targetId))) {
        // First what the caller may know of the room: an outsider is not told who exists.
        await access.member(roomId, userId);
        throw new ChatError("not_found", "There is no such user.");
      }
      const { entry, repeat } = await append(request, { kind: "member", userId: targetId, role });
      const mayLook = !repeat || (await log.roomAndRole(roomId, userId)).role !== null;
      const membership = mayLook ? await store.membership(roomId, targetId) : null;
      if (membership !== null) return membership;
      if (entry === null) throw new ChatError("not_found", "This user is not in the room.");
      return membershipThen(entry, targetId, role ?? "member");
    },
    async removeMember(request, targetId) {
      await append(request, { kind: "remove", userId: targetId });
    },
    async members(roomId, userId) {
      await access.member(roomId, userId);
      const memberships = await store.membersOf(roomId);
      const userIds = memberships.map((membership) => membership.userId);
      const byId = await usersById(userIds);
      const presences = new Map(presence.of(userIds).map((one) => [one.userId, one]));
      return memberships.flatMap((membership) => {
        const user = byId.get(membership.userId);
        if (user === undefined) return [];
        const offline: Presence = { userId: user.id, status: "offline", lastSeenAt: null };
        return [{ user, membership, presence: presences.get(user.id) ?? offline }];
      });
    },
    async setNotify(roomId, userId, notify) {
      const membership = await store.setNotify(roomId, userId, notify);
      if (membership === null) {
        await access.member(roomId, userId);
        throw new ChatError("not_found", "You are not in this room.");
      }
      pushMembershipChanged(membership);
      return membership;
    },
  };
}
