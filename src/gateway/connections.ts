/** Who is connected: every socket with its user, session and rooms. Knows nothing of what is said over them. */
import type { Server, Socket } from "socket.io";
import type { ClientToServer, ServerToClient } from "../protocol/events.js";
import { LIMITS } from "../protocol/limits.js";
import type { SessionEndCode } from "../protocol/event-names.js";

export type ChatServer = Server<ClientToServer, ServerToClient>;
export type ChatSocket = Socket<ClientToServer, ServerToClient>;

export interface Connection {
  readonly socket: ChatSocket;
  readonly userId: string;
  readonly sessionId: string;
  /** when its access token runs out; moved by `session:renew` */
  expiresAt: Date;
  /** where the socket stands among the server's pushes when it last synced; see heads.ts */
  syncedAt: number;
  /** was told why it ends; a socket that is still connecting cannot be disconnected before it is connected */
  ended: boolean;
}

/** A connection whose rooms are still being read; joins and leaves meanwhile are noted, so that none falls between [S2]. */
interface Arriving {
  readonly userId: string;
  readonly changes: Map<string, boolean>;
}

export interface Connections {
  /** Notes what happens to the user's memberships from now on, until `admit` or `turnAway`. */
  announce(userId: string): Arriving;
  /** Subscribes the socket to the rooms read, corrected by what happened meanwhile. */
  admit(arriving: Arriving, connection: Connection, roomIds: readonly string[]): void;
  turnAway(arriving: Arriving): void;
  remove(connection: Connection): void;

  subscribe(userId: string, roomId: string): void;
  unsubscribe(userId: string, roomId: string): void;
  isSubscribed(connection: Connection, roomId: string): boolean;
  roomIdsOf(connection: Connection): string[];

  ofUser(userId: string): readonly Connection[];
  all(): IterableIterator<Connection>;
  size(): number;
  /** Says why, then disconnects. */
  end(connection: Connection, code: SessionEndCode, retryAfterMs?: number): void;
  /** When the user's last socket went; null when one is there, or none was since the start. */
  lastSeenAt(userId: string): Date | null;
}

const ROOM = "room:";

/** The Socket.IO room that carries a chat room's pushes. */
export const channelOf = (roomId: string) => ROOM + roomId;

export function createConnections({ now }: { now(): number }): Connections {
  const byUser = new Map<string, Connection[]>();
  const arrivals = new Map<string, Set<Arriving>>();
  const lastSeen = new Map<string, Date>();
  const all = new Set<Connection>();

  function forget(arriving: Arriving): void {
    const ofUser = arrivals.get(arriving.userId);
    ofUser?.delete(arriving);
    if (ofUser?.size === 0) arrivals.delete(arriving.userId);
  }

  function end(connection: Connection, code: SessionEndCode, retryAfterMs?: number): void {
    if (connection.ended) return;
    connection.ended = true;
    connection.socket.emit("session:ended", { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    connection.socket.disconnect(true);
  }

  function noteForArriving(userId: string, roomId: string, member: boolean): void {
    for (const { changes } of arrivals.get(userId) ?? []) changes.set(roomId, member);
  }

  return {
    announce(userId) {
      const arriving: Arriving = { userId, changes: new Map() };
      arrivals.set(userId, (arrivals.get(userId) ?? new Set()).add(arriving));
      return arriving;
    },
    admit(arriving, connection, roomIds) {
      forget(arriving);
      const rooms = new Set(roomIds);
      for (const [roomId, member] of arriving.changes) {
        if (member) rooms.add(roomId);
        else rooms.delete(roomId);
      }
      void connection.socket.join([...rooms].map(channelOf));
      const others = byUser.get(connection.userId) ?? [];
      const oldest = others.length >= LIMITS.socketsPerUser ? others[0] : undefined;
      byUser.set(connection.userId, [...others, connection]);
      all.add(connection);
      if (oldest !== undefined) end(oldest, "too_many");
    },
    turnAway: forget,
    remove(connection) {
      if (!all.delete(connection)) return;
      const left = (byUser.get(connection.userId) ?? []).filter((other) => other !== connection);
      if (left.length > 0) byUser.set(connection.userId, left);
      else {
        byUser.delete(connection.userId);
        lastSeen.set(connection.userId, new Date(now()));
      }
    },
    subscribe(userId, roomId) {
      noteForArriving(userId, roomId, true);
      // With the adapter in memory, join and leave take effect at once.
      for (const { socket } of byUser.get(userId) ?? []) void socket.join(channelOf(roomId));
    },
    unsubscribe(userId, roomId) {
      noteForArriving(userId, roomId, false);
      for (const { socket } of byUser.get(userId) ?? []) void socket.leave(channelOf(roomId));
    },
    isSubscribed: ({ socket }, roomId) => socket.rooms.has(channelOf(roomId)),
    roomIdsOf: ({ socket }) =>
      [...socket.rooms].filter((room) => room.startsWith(ROOM)).map((room) => room.slice(ROOM.length)),
    ofUser: (userId) => byUser.get(userId) ?? [],
    all: () => all.values(),
    size: () => all.size,
    end,
    lastSeenAt: (userId) => (byUser.has(userId) ? null : (lastSeen.get(userId) ?? null)),
  };
}
