import type { roomsEndpoints } from "../../protocol/endpoints/rooms.js";
import type { ExamplesOf } from "./example.js";
import { ines, membership, ravi, raviInRoom, room, view } from "./samples.js";

const created = {
  room: { ...room, head: 1, memberCount: 1 },
  membership: { ...membership, readSeq: 1 },
  unread: 0,
  mentions: 0,
  peers: [],
};

export const roomsExamples: ExamplesOf<keyof typeof roomsEndpoints> = {
  listRooms: { answers: { 200: { rooms: [view] } } },
  listDirectory: { answers: { 200: { rooms: [room], nextCursor: null } } },
  createRoom: {
    bodies: {
      "A public room": { name: "harbour-works", topic: "Cranes, tides and who has the keys", kind: "public" },
      "A private room": { name: "night-shift", kind: "private" },
    },
    answers: { 201: created, 200: created },
  },
  getRoom: { answers: { 200: view } },
  updateRoom: {
    bodies: {
      "Another topic": { topic: "Cranes and tides" },
      "Archive it": { archived: true },
    },
    answers: { 200: { ...view, room: { ...room, topic: "Cranes and tides", head: 44 } } },
  },
  joinRoom: {
    answers: {
      200: { ...view, membership: { ...raviInRoom, readSeq: 2 }, room: { ...room, head: 2 }, unread: 0 },
    },
  },
  leaveRoom: { answers: {} },
  listMembers: {
    answers: {
      200: {
        members: [
          { user: ines, membership, presence: { userId: ines.id, status: "online", lastSeenAt: null } },
          {
            user: ravi,
            membership: raviInRoom,
            presence: { userId: ravi.id, status: "offline", lastSeenAt: "2026-11-21T05:30:40.650Z" },
          },
        ],
      },
    },
  },
  putMember: {
    bodies: { Invite: {}, "Change the role": { role: "moderator" } },
    answers: { 200: { ...raviInRoom, role: "moderator" } },
  },
  removeMember: { answers: {} },
  updateMembership: {
    bodies: { "Mentions only": { notify: "mentions" } },
    answers: { 200: { ...membership, notify: "mentions" } },
  },
};
