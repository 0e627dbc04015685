/**
 * Hands confirmed entries to the sockets of this server, strictly in seq order per room [D1].
 *
 * It applies memberships as it passes them: who joins is subscribed before their own `join`, who leaves gets nothing
 * after their `leave` [S2] [L6].
 */
import type { Entry } from "../protocol/entries.js";
import { LIMITS } from "../protocol/limits.js";
import type { Room, User } from "../protocol/shapes.js";
import { channelOf, type ChatServer, type Connections } from "./connections.js";
import { toPackets } from "./packets.js";

/** Entries of one room, ascending and contiguous, and the room as it is after the last of them. */
export interface Batch {
  roomId: string;
  entries: readonly Entry[];
  record: Omit<Room, "head"> | null;
}

export interface Dispatcher {
  deliver(batch: Batch): void;
  /** To everybody in the rooms, and to the user's own sockets. */
  userChanged(user: User, roomIds: readonly string[]): void;
}

interface DispatcherDeps {
  io: ChatServer;
  connections: Connections;
  onDelivered(roomId: string, head: number): void;
  /** a `role` entry was passed on: the user's own membership has changed */
  onRole(roomId: string, userId: string): void;
}

/** Room envelope of an `entries` packet. */
const ENVELOPE_BYTES = 200;

export function createDispatcher({ io, connections, onDelivered, onRole }: DispatcherDeps): Dispatcher {
  function send(roomId: string, entries: readonly Entry[]): void {
    // Socket.IO's adapter encodes a packet once for all its receivers.
    for (const packet of toPackets(entries, LIMITS.entriesPacketBytes - ENVELOPE_BYTES)) {
      io.local.to(channelOf(roomId)).emit("entries", { roomId, entries: [...packet] });
    }
  }

  function add(userId: string, { seq, sentAt }: Entry, { roomId, record }: Batch): void {
    connections.subscribe(userId, roomId);
    if (record === null) return;
    const membership = {
      roomId,
      userId,
      role: "member" as const,
      joinedAt: sentAt,
      readSeq: seq,
      notify: "all" as const,
    };
    const own = record.createdBy === userId && seq === 1 ? { ...membership, role: "owner" as const } : membership;
    const view = { room: { ...record, head: seq }, membership: own, unread: 0, mentions: 0, peers: [] };
    for (const { socket } of connections.ofUser(userId)) socket.emit("room:added", { view });
  }

  function remove(userId: string, roomId: string): void {
    connections.unsubscribe(userId, roomId);
    for (const { socket } of connections.ofUser(userId)) socket.emit("room:removed", { roomId });
  }

  return {
    deliver(batch) {
      const { roomId, entries, record } = batch;
      let waiting: Entry[] = [];
      const flush = () => {
        send(roomId, waiting);
        waiting = [];
      };
      // A packet ends before each `join` and after each `leave`, so that whoever gets it gets all of it.
      for (const entry of entries) {
        if (entry.kind === "join") {
          flush();
          add(entry.userId, entry, batch);
        }
        waiting.push(entry);
        if (entry.kind === "leave") {
          flush();
          remove(entry.userId, roomId);
        }
      }
      flush();
      const head = entries.at(-1)?.seq;
      if (head === undefined) return;
      onDelivered(roomId, head);
      if (record !== null && entries.some(({ kind }) => kind === "room")) {
        io.local.to(channelOf(roomId)).emit("room:changed", { room: { ...record, head } });
      }
      for (const entry of entries) if (entry.kind === "role") onRole(roomId, entry.userId);
    },
    userChanged(user, roomIds) {
      const own = connections.ofUser(user.id).map(({ socket }) => socket.id);
      const channels = [...roomIds.map(channelOf), ...own];
      if (channels.length > 0) io.local.to(channels).emit("user:changed", { user });
    },
  };
}
