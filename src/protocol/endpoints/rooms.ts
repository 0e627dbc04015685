/** Rooms and their members. */
import { z } from "zod";
import { clientId, limitText, queryText, roomName, topic } from "../scalars.js";
import { memberRole, memberSchema, membershipSchema, notify, roomSchema, roomViewSchema } from "../shapes.js";
import { endpoint } from "./endpoint.js";

export const roomsEndpoints = {
  listRooms: endpoint({
    method: "GET",
    path: "/rooms",
    tag: "Rooms",
    summary: "All rooms that one is in",
    description: "With one's own membership, what is unread, and in direct rooms the others.",
    access: "token",
    answers: { 200: z.object({ rooms: z.array(roomViewSchema) }) },
    errors: [],
  }),
  listDirectory: endpoint({
    method: "GET",
    path: "/rooms/directory",
    tag: "Rooms",
    summary: "The public rooms, by name, archived ones left out",
    access: "token",
    query: z.strictObject({
      query: queryText.optional().describe("A part of the name."),
      cursor: z.string().max(4_000).optional().describe("The `nextCursor` of the page before."),
      limit: limitText,
    }),
    answers: { 200: z.object({ rooms: z.array(roomSchema), nextCursor: z.string().nullable() }) },
    errors: ["invalid_request"],
  }),
  createRoom: endpoint({
    method: "POST",
    path: "/rooms",
    tag: "Rooms",
    summary: "Make a room and be its owner",
    description:
      "Public names are unique without case (`conflict`). A repeat under the same clientId is answered 200 with the first room; for this call a clientId is unique per user. The log of the new room starts with one's own `join` [L11].",
    access: "token",
    body: z.strictObject({
      clientId: clientId.optional(),
      name: roomName,
      topic: topic.optional(),
      kind: z.enum(["public", "private"]),
    }),
    answers: { 201: roomViewSchema, 200: roomViewSchema },
    errors: ["invalid_request", "conflict", "client_id_reused"],
  }),
  getRoom: endpoint({
    method: "GET",
    path: "/rooms/:roomId",
    tag: "Rooms",
    summary: "One room; an outsider may look at a public one",
    description:
      "Outsiders see a public room with `membership: null`. A private or direct room does not exist for them (`not_found`, never `forbidden`).",
    access: "token",
    answers: { 200: roomViewSchema },
    errors: ["not_found"],
  }),
  updateRoom: endpoint({
    method: "PATCH",
    path: "/rooms/:roomId",
    tag: "Rooms",
    summary: "Change name or topic (moderators), kind or archive (owners)",
    description:
      "Only what is given changes, and each change is an entry of kind `room`. One that alters nothing takes no position. To change anything of an archived room, un-archive it in the same call.",
    access: "token",
    body: z.strictObject({
      name: roomName.optional(),
      topic: topic.optional(),
      kind: z.enum(["public", "private"]).optional(),
      archived: z.boolean().optional(),
    }),
    answers: { 200: roomViewSchema },
    errors: ["invalid_request", "forbidden", "not_found", "conflict", "client_id_reused"],
  }),
  joinRoom: endpoint({
    method: "POST",
    path: "/rooms/:roomId/join",
    tag: "Rooms",
    summary: "Join a public room",
    description: "Joining twice takes no position [L11].",
    access: "token",
    answers: { 200: roomViewSchema },
    errors: ["forbidden", "not_found", "client_id_reused"],
  }),
  leaveRoom: endpoint({
    method: "POST",
    path: "/rooms/:roomId/leave",
    tag: "Rooms",
    summary: "Leave a room",
    description:
      "When the last owner leaves, the oldest moderator, else the oldest member, becomes owner. A room left by everybody is archived. Direct rooms cannot be left (`forbidden`).",
    access: "token",
    answers: { 204: null },
    errors: ["forbidden", "not_found", "client_id_reused"],
  }),
  listMembers: endpoint({
    method: "GET",
    path: "/rooms/:roomId/members",
    tag: "Members",
    summary: "The members of a room",
    access: "token",
    answers: { 200: z.object({ members: z.array(memberSchema) }) },
    errors: ["forbidden", "not_found"],
  }),
  putMember: endpoint({
    method: "PUT",
    path: "/rooms/:roomId/members/:userId",
    tag: "Members",
    summary: "Invite a user, or change a member's role (owners)",
    description:
      "Any member may invite with the role `member`; other roles are for owners. The last owner cannot step down (`conflict`).",
    access: "token",
    body: z.strictObject({ role: memberRole.optional() }),
    answers: { 200: membershipSchema },
    errors: ["invalid_request", "forbidden", "not_found", "conflict", "client_id_reused"],
  }),
  removeMember: endpoint({
    method: "DELETE",
    path: "/rooms/:roomId/members/:userId",
    tag: "Members",
    summary: "Remove a member of lower rank",
    description: "Removing oneself is leaving. After the `leave` entry that person gets nothing more of the room [L6].",
    access: "token",
    answers: { 204: null },
    errors: ["forbidden", "not_found", "client_id_reused"],
  }),
  updateMembership: endpoint({
    method: "PATCH",
    path: "/rooms/:roomId/membership",
    tag: "Members",
    summary: "Change what one is notified of",
    access: "token",
    body: z.strictObject({ notify }),
    answers: { 200: membershipSchema },
    errors: ["invalid_request", "forbidden", "not_found"],
  }),
} as const;
