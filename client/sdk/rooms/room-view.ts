/** Keeps a RoomView current by the room's own log. Pure: an entry that a view already knows of changes nothing. */
import type { Entry } from "../../../src/protocol/entries.js";
import { LIMITS } from "../../../src/protocol/limits.js";
import type { SyncRoom } from "../../../src/protocol/events.js";
import type { Membership, Room, RoomView, User } from "../../../src/protocol/shapes.js";

/** A view, and up to which seq its numbers count: what an answer counted already must not be counted again. */
export interface LiveView {
  readonly view: RoomView;
  readonly countedTo: number;
}

/** A view as the server answered it: it counts up to its own head. */
export const liveView = (view: RoomView): LiveView => ({ view, countedTo: view.room.head });

const capped = (count: number) => Math.min(count, LIMITS.unreadMax);

/** Applies the next entry of the log. */
export function viewWithEntry(live: LiveView, entry: Entry, myId: string | null): LiveView {
  const counted = withCounts(live, entry, myId);
  if (entry.seq <= counted.view.room.head) return counted;
  const { view } = counted;
  const room = { ...roomWithEntry(view.room, entry), head: entry.seq };
  const membership =
    entry.kind === "role" && entry.userId === myId && view.membership !== null
      ? { ...view.membership, role: entry.role }
      : view.membership;
  return { ...counted, view: { ...view, room, membership } };
}

function roomWithEntry(room: Room, entry: Entry): Room {
  switch (entry.kind) {
    case "join":
      return { ...room, memberCount: room.memberCount + 1 };
    case "leave":
      return { ...room, memberCount: Math.max(0, room.memberCount - 1) };
    case "room": {
      const { archived, ...changes } = entry.changes;
      const archivedAt = archived === undefined ? room.archivedAt : archived ? entry.sentAt : null;
      return { ...room, ...defined(changes), archivedAt };
    }
    default:
      return room;
  }
}

const defined = <T extends object>(changes: T) =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

function withCounts(live: LiveView, entry: Entry, myId: string | null): LiveView {
  if (entry.seq <= live.countedTo) return live;
  const { view } = live;
  const isUnread =
    entry.kind === "message" &&
    entry.senderId !== myId &&
    entry.deletedAt === null &&
    entry.seq > (view.membership?.readSeq ?? 0);
  if (!isUnread) return { view, countedTo: entry.seq };
  const isMention = myId !== null && entry.mentions.includes(myId);
  const unread = capped(view.unread + 1);
  return { view: { ...view, unread, mentions: capped(view.mentions + (isMention ? 1 : 0)) }, countedTo: entry.seq };
}

/** Takes what an answer to `sync` says of the room but for its entries. */
export function viewWithSync({ view, countedTo }: LiveView, answer: SyncRoom): LiveView {
  if (answer.head < countedTo) return { view: { ...view, membership: answer.membership }, countedTo };
  const { membership, unread, mentions } = answer;
  return { view: { ...view, membership, unread, mentions }, countedTo: answer.head };
}

/** Takes a description of the room that was pushed. One that is older than what the log told already says nothing. */
export function viewWithRoom(live: LiveView, room: Room): LiveView {
  return room.head < live.view.room.head ? live : { ...live, view: { ...live.view, room } };
}

/** Takes one's own membership. Having read to the end leaves nothing unread. */
export function viewWithMembership(live: LiveView, membership: Membership): LiveView {
  const isAllRead = membership.readSeq >= live.countedTo;
  const counts = isAllRead ? { unread: 0, mentions: 0 } : {};
  return { ...live, view: { ...live.view, ...counts, membership } };
}

/** Takes another name or picture of one of a direct room's people. */
export function viewWithUser(live: LiveView, user: User): LiveView {
  if (!live.view.peers.some((peer) => peer.id === user.id)) return live;
  return { ...live, view: { ...live.view, peers: live.view.peers.map((peer) => (peer.id === user.id ? user : peer)) } };
}
