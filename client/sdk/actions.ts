/** What a person does to their account and in rooms: one REST call each, its result taken in at once. */
import { ChatError } from "../../src/protocol/errors.js";
import { LIMITS } from "../../src/protocol/limits.js";
import type { Me, RoomView } from "../../src/protocol/shapes.js";
import { foldCase, normalizeName } from "../../src/protocol/text.js";
import type { Call } from "./account/http.js";
import type { Outbox } from "./outbox/outbox.js";
import type { History } from "./timeline/history.js";
import type { Rooms } from "./rooms/rooms.js";
import type { Users } from "./rooms/users.js";
import type { ChatClient } from "./types.js";

export interface ActionsDeps {
  call: Call;
  rooms: Rooms;
  history: History;
  outbox: Outbox;
  users: Users;
  newId(): string;
  /** Whether what is queued belongs to somebody, logged in now or not. */
  hasAccount(): boolean;
  /** Whether rooms are shown yet: before, a new one comes with the first sync. */
  isReady(): boolean;
  onMe(me: Me): void;
}

type Actions = Omit<
  ChatClient,
  "getState" | "subscribe" | "onEntry" | "start" | "ready" | "register" | "logIn" | "logOut" | "retryNow" | "close"
>;

/** Every changing call carries one clientId through all its tries [L4]. */
export function createActions(deps: ActionsDeps): Actions {
  const { call, rooms, history, outbox, users, newId, isReady, onMe } = deps;

  /** Takes in a room that the person is in by now, unless they left it while the answer was under way. */
  async function entering(roomId: string | null, answer: Promise<RoomView>): Promise<RoomView> {
    const removals = roomId === null ? 0 : rooms.removalsOf(roomId);
    const view = await answer;
    const isStillIn = rooms.removalsOf(view.room.id) === removals;
    if (isReady() && isStillIn && view.membership !== null) {
      users.put(view.peers);
      rooms.add(view, view.membership.readSeq - 1);
    }
    return view;
  }

  const joinRoom = (roomId: string) => entering(roomId, call("joinRoom", { params: { roomId }, clientId: newId() }));

  return {
    async updateMe(body) {
      const me = await call("updateMe", { body });
      users.put([me]);
      onMe(me);
      return me;
    },
    changePassword: (body) => call("changePassword", { body }),
    listSessions: async () => (await call("listSessions")).sessions,
    endSession: (sessionId) => call("endSession", { params: { sessionId } }),

    createRoom: (input) => entering(null, call("createRoom", { body: { ...input, clientId: newId() } })),
    listDirectory: (query, cursor) =>
      call("listDirectory", { query: { query: query === "" ? undefined : query, cursor } }),
    joinRoom,
    async joinRoomByName(name) {
      const wanted = foldCase(normalizeName(name));
      // A name may be longer than what can be searched for, and half a character finds nothing.
      const query = normalizeName(name)
        .slice(0, LIMITS.queryMax)
        .replace(/[\uD800-\uDBFF]$/, "");
      let cursor: string | undefined;
      do {
        const page = await call("listDirectory", { query: { query: query || undefined, cursor } });
        const found = page.rooms.find((room) => foldCase(room.name ?? "") === wanted);
        if (found !== undefined) return await joinRoom(found.id);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      throw new ChatError("not_found", `There is no public room ${JSON.stringify(name)}.`);
    },
    async leaveRoom(roomId) {
      await call("leaveRoom", { params: { roomId }, clientId: newId() });
      rooms.remove(roomId);
    },
    async updateRoom(roomId, changes) {
      const view = await call("updateRoom", { params: { roomId }, body: changes, clientId: newId() });
      rooms.roomChanged(view.room);
      return view;
    },
    async setNotify(roomId, notify) {
      const membership = await call("updateMembership", { params: { roomId }, body: { notify } });
      rooms.membershipChanged(membership);
      return membership;
    },
    loadMembers: history.loadMembers,
    putMember: (roomId, userId, role) =>
      call("putMember", { params: { roomId, userId }, body: role === undefined ? {} : { role }, clientId: newId() }),
    removeMember: (roomId, userId) => call("removeMember", { params: { roomId, userId }, clientId: newId() }),
    async findUsers(query) {
      const found = (await call("listUsers", { query: { query } })).users;
      users.put(found);
      return found;
    },

    getUser: users.whenKnown,

    openRoom: history.open,
    loadOlder: history.loadOlder,
    loadNewer: history.loadNewer,
    loadNewest: history.loadNewest,
    fillHole: history.fillHole,

    send(roomId, text, { replyTo, clientId = newId() } = {}) {
      if (!deps.hasAccount()) throw new ChatError("unauthenticated", "Log in first.");
      return outbox.add({ roomId, text, clientId, ...(replyTo === undefined ? {} : { replyTo }) });
    },
    retry: outbox.retry,
    discard: outbox.discard,
  };
}
