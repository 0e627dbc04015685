/** The REST calls of rooms, translated into actions. */
import { randomUUID } from "node:crypto";
import type { Caller, Handlers } from "../http/route.js";
import type { Request, RoomActions } from "./actions.js";
import type { CreateRoom } from "./create-room.js";
import type { Directory } from "./directory.js";
import type { Views } from "./views.js";

export type RoomHandlers = Pick<
  Handlers,
  | "listRooms"
  | "listDirectory"
  | "createRoom"
  | "getRoom"
  | "updateRoom"
  | "joinRoom"
  | "leaveRoom"
  | "listMembers"
  | "putMember"
  | "removeMember"
  | "updateMembership"
>;

export interface RoomRoutesDeps {
  actions: RoomActions;
  createRoom: CreateRoom;
  directory: Directory;
  views: Views;
}

interface CallInRoom {
  caller: Caller;
  params: { roomId: string };
  clientId: string | null;
}

/** Without a clientId of the client's the server makes one [L4]. */
const requestOf = ({ caller, params, clientId }: CallInRoom): Request => ({
  userId: caller.userId,
  roomId: params.roomId,
  clientId: clientId ?? randomUUID(),
});

export function createRoomRoutes({ actions, createRoom, directory, views }: RoomRoutesDeps): RoomHandlers {
  return {
    listRooms: async ({ caller }) => ({ status: 200, body: { rooms: await views.viewsOf(caller.userId) } }),
    listDirectory: async ({ query }) => ({ status: 200, body: await directory(query) }),
    createRoom: async ({ caller, clientId, body: { name, topic = "", kind } }) => {
      const made = await createRoom(caller.userId, clientId ?? randomUUID(), { name, topic, kind });
      const body = await views.viewOf(made.roomId, caller.userId);
      return { status: made.repeat ? 200 : 201, body };
    },
    getRoom: async ({ caller, params }) => ({
      status: 200,
      body: await views.viewOf(params.roomId, caller.userId),
    }),
    updateRoom: async (call) => ({ status: 200, body: await actions.update(requestOf(call), call.body) }),
    joinRoom: async (call) => ({ status: 200, body: await actions.join(requestOf(call)) }),
    leaveRoom: async (call) => {
      await actions.leave(requestOf(call));
      return { status: 204 };
    },
    listMembers: async ({ caller, params }) => ({
      status: 200,
      body: { members: await actions.members(params.roomId, caller.userId) },
    }),
    putMember: async (call) => ({
      status: 200,
      body: await actions.putMember(requestOf(call), call.params.userId, call.body.role ?? null),
    }),
    removeMember: async (call) => {
      await actions.removeMember(requestOf(call), call.params.userId);
      return { status: 204 };
    },
    updateMembership: async ({ caller, params, body }) => ({
      status: 200,
      body: await actions.setNotify(params.roomId, caller.userId, body.notify),
    }),
  };
}
