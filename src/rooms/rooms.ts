/** Rooms put together: what the server and the gateway need of them. */
import type { ContentHash } from "../log/content-hash.js";
import type { Log } from "../log/log.js";
import type { Membership } from "../protocol/shapes.js";
import { createAccess, type Access } from "./access.js";
import { createRoomActions, type PresenceSource, type UserSource } from "./actions.js";
import { createRoomCreator } from "./create-room.js";
import { createDirectory } from "./directory.js";
import type { RoomStore } from "./store/room-store.js";
import { createRoomRoutes, type RoomHandlers } from "./routes.js";
import { createViews, type Views } from "./views.js";

export interface Rooms {
  handlers: RoomHandlers;
  /** majority read */
  membershipsOf(userId: string): Promise<Membership[]>;
  membershipOf(roomId: string, userId: string): Promise<Membership | null>;
  views: Views;
  access: Access;
}

export interface RoomsDeps {
  store: RoomStore;
  log: Log;
  users: UserSource;
  presence: PresenceSource;
  contentHash: ContentHash;
  /** the server's clock, in milliseconds */
  now(): number;
  /** a new room's id */
  newId(): string;
  /** to the user's own sockets */
  pushMembershipChanged(membership: Membership): void;
}

export function createRooms(deps: RoomsDeps): Rooms {
  const { store, log } = deps;
  const access = createAccess({ log });
  const views = createViews({ store, log });
  const handlers = createRoomRoutes({
    actions: createRoomActions({ ...deps, access, views }),
    createRoom: createRoomCreator(deps),
    directory: createDirectory({ model: store.models[0], log }),
    views,
  });
  return { handlers, membershipsOf: store.membershipsOf, membershipOf: store.membership, views, access };
}
