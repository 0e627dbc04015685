/** Socket events for what is said and missed. */
import type { Connections } from "../gateway/connections.js";
import type { EventHandlers } from "../gateway/events.js";
import type { Heads } from "../gateway/heads.js";
import type { MessageActions } from "./actions.js";
import type { Sync } from "./sync.js";

interface MessageGatewayDeps {
  actions: MessageActions;
  sync: Sync;
  /** asked for when an event comes: the gateway is made with these handlers */
  gateway(): { connections: Connections; heads: Heads };
}

export function createMessageGateway(deps: MessageGatewayDeps): Pick<EventHandlers, "message:send" | "sync"> {
  const { actions, sync, gateway } = deps;
  return {
    "message:send": async (payload, { userId }) => (await actions.send(userId, payload)).entry,
    sync: async ({ heads: given }, connection) => {
      const { connections, heads } = gateway();
      const mark = heads.mark();
      const answer = await sync(connection.userId, given);
      // The dispatcher takes memberships away as it passes the entry that ends them: after it, nothing more goes out [L6].
      const rooms = answer.rooms.filter(({ roomId }) => connections.isSubscribed(connection, roomId));
      const gone = answer.rooms.filter(({ roomId }) => !rooms.some((room) => room.roomId === roomId));
      const left = [
        ...answer.left,
        ...gone.map(({ roomId }) => roomId).filter((roomId) => Object.hasOwn(given, roomId)),
      ];
      heads.synced(connection, mark);
      return { ...answer, rooms, left };
    },
  };
}
