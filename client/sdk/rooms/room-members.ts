/** A room's member list, kept current by its log. Pure; applying an entry twice is applying it once. */
import type { Entry } from "../../../src/protocol/entries.js";
import type { Member, User } from "../../../src/protocol/shapes.js";

/**
 * Applies one entry.
 *
 * @param user - the one that the entry is about, where already known: a join without it changes nothing yet
 */
export function membersWithEntry(members: readonly Member[], entry: Entry, user: User | undefined): readonly Member[] {
  switch (entry.kind) {
    case "join": {
      if (user === undefined || members.some((member) => member.user.id === entry.userId)) return members;
      const { roomId, userId, senderId, sentAt: joinedAt, seq: readSeq } = entry;
      // Who joins by themselves is here at that moment; of who was invited nothing is known.
      const status = senderId === userId ? "online" : "offline";
      return [
        ...members,
        {
          user,
          membership: { roomId, userId, role: "member", joinedAt, readSeq, notify: "all" },
          presence: { userId, status, lastSeenAt: null },
        },
      ];
    }
    case "leave":
      return members.some((member) => member.user.id === entry.userId)
        ? members.filter((member) => member.user.id !== entry.userId)
        : members;
    case "role":
      return members.map((member) =>
        member.user.id === entry.userId && member.membership.role !== entry.role
          ? { ...member, membership: { ...member.membership, role: entry.role } }
          : member,
      );
    default:
      return members;
  }
}

/** Takes another name or picture of one of them. */
export function membersWithUser(members: readonly Member[], user: User): readonly Member[] {
  if (!members.some((member) => member.user.id === user.id)) return members;
  return members.map((member) => (member.user.id === user.id ? { ...member, user } : member));
}

/** Whom an entry is about, besides its sender. */
export function userIdsOf(entry: Entry): string[] {
  const subject = entry.kind === "join" || entry.kind === "leave" || entry.kind === "role" ? [entry.userId] : [];
  return [entry.senderId, ...subject];
}
