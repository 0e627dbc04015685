/**
 * Every 15 s a socket is told the heads of its rooms that moved since it was last told, or since its last `sync` [D2]: a push
 * that was lost with nothing after it leaves no gap to notice.
 */
import { LIMITS } from "../protocol/limits.js";
import type { Connection, Connections } from "./connections.js";

export interface Heads {
  moved(roomId: string, head: number): void;
  /** Where the server's pushes stand now: what a `sync` that starts now will cover. */
  mark(): number;
  synced(connection: Connection, mark: number): void;
  close(): void;
}

export function createHeads({ connections }: { connections: Connections }): Heads {
  /** rooms that moved since the last round, with the push that moved them last */
  let moves = new Map<string, { head: number; at: number }>();
  let pushes = 0;

  function tell(connection: Connection): void {
    const heads: Record<string, number> = {};
    for (const roomId of connections.roomIdsOf(connection)) {
      const move = moves.get(roomId);
      if (move !== undefined && move.at > connection.syncedAt) heads[roomId] = move.head;
    }
    if (Object.keys(heads).length > 0) connection.socket.emit("heads", { heads });
  }

  const timer = setInterval(() => {
    if (moves.size > 0) for (const connection of connections.all()) tell(connection);
    moves = new Map();
  }, LIMITS.headsIntervalMs);
  timer.unref();

  return {
    moved(roomId, head) {
      pushes += 1;
      moves.set(roomId, { head, at: pushes });
    },
    mark: () => pushes,
    synced(connection, mark) {
      connection.syncedAt = mark;
    },
    close() {
      clearInterval(timer);
    },
  };
}
