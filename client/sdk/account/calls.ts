/** The REST calls that the client makes. The compiler holds each line against the protocol's table of endpoints. */
import type { EndpointName, Endpoints } from "../../../src/protocol/endpoints/index.js";

type Line<N extends EndpointName> = Pick<Endpoints[N], "method" | "path" | "access">;

export const CALLS = {
  register: { method: "POST", path: "/auth/register", access: "open" },
  login: { method: "POST", path: "/auth/login", access: "open" },
  refresh: { method: "POST", path: "/auth/refresh", access: "cookie" },
  logout: { method: "POST", path: "/auth/logout", access: "either" },
  listSessions: { method: "GET", path: "/me/sessions", access: "token" },
  endSession: { method: "DELETE", path: "/me/sessions/:sessionId", access: "token" },
  updateMe: { method: "PATCH", path: "/me", access: "token" },
  changePassword: { method: "POST", path: "/me/password", access: "token" },
  listUsers: { method: "GET", path: "/users", access: "token" },
  listRooms: { method: "GET", path: "/rooms", access: "token" },
  listDirectory: { method: "GET", path: "/rooms/directory", access: "token" },
  createRoom: { method: "POST", path: "/rooms", access: "token" },
  getRoom: { method: "GET", path: "/rooms/:roomId", access: "token" },
  updateRoom: { method: "PATCH", path: "/rooms/:roomId", access: "token" },
  joinRoom: { method: "POST", path: "/rooms/:roomId/join", access: "token" },
  leaveRoom: { method: "POST", path: "/rooms/:roomId/leave", access: "token" },
  listMembers: { method: "GET", path: "/rooms/:roomId/members", access: "token" },
  putMember: { method: "PUT", path: "/rooms/:roomId/members/:userId", access: "token" },
  removeMember: { method: "DELETE", path: "/rooms/:roomId/members/:userId", access: "token" },
  updateMembership: { method: "PATCH", path: "/rooms/:roomId/membership", access: "token" },
  listMessages: { method: "GET", path: "/rooms/:roomId/messages", access: "token" },
  getServer: { method: "GET", path: "/server", access: "open" },
} as const satisfies { [N in EndpointName]?: Line<N> };

export type CallName = keyof typeof CALLS;
