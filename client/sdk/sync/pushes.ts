/** What each push of the server does. */
import type { PushData, ServerEvent } from "../../../src/protocol/events.js";
import type { Rooms } from "../rooms/rooms.js";
import type { Sync } from "./sync.js";
import type { Users } from "../rooms/users.js";

/** `session:ended` is the connection's own. */
export type Pushes = { [E in ServerEvent]: (data: PushData<E>) => void };

export interface PushesDeps {
  rooms: Rooms;
  users: Users;
  sync: Sync;
  /** Catches up over the live connection at once. */
  checkConnection(): void;
  myId(): string | null;
}

export function createPushes({ rooms, users, sync, checkConnection, myId }: PushesDeps): Pushes {
  return {
    entries: ({ roomId, entries }) => rooms.arrived(roomId, entries),
    "room:added": ({ view }) => {
      users.put(view.peers);
      // One's own `join` and what follows it come as entries [S2].
      rooms.add(view, (view.membership?.readSeq ?? 1) - 1);
    },
    "room:removed": ({ roomId }) => rooms.remove(roomId),
    "room:changed": ({ room }) => rooms.roomChanged(room),
    "membership:changed": ({ membership }) => {
      if (membership.userId === myId()) rooms.membershipChanged(membership);
    },
    "user:changed": ({ user }) => users.put([user]),
    heads({ heads }) {
      for (const [roomId, head] of Object.entries(heads)) rooms.atHead(roomId, head);
      sync.repairSoon();
    },
    resync() {
      sync.doubtViews();
      checkConnection();
    },
    "session:ended": () => undefined,
  };
}
