/** Who is here, as far as this process's sockets tell. */
import type { Connections } from "../gateway/connections.js";
import type { Presence as PresenceOfUser } from "../protocol/shapes.js";

export interface Presence {
  of(userIds: readonly string[]): PresenceOfUser[];
}

/** @param deps.connections asked for at each call: the gateway is made after those who use this */
export function createPresence({ connections }: { connections(): Connections }): Presence {
  return {
    of: (userIds) =>
      userIds.map((userId) => {
        const here = connections().ofUser(userId).length > 0;
        const lastSeenAt = connections().lastSeenAt(userId)?.toISOString() ?? null;
        return { userId, status: here ? "online" : "offline", lastSeenAt };
      }),
  };
}
