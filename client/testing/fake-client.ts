/** A chat client without a server: its state is set by whoever holds it, and every call is recorded. For tests and the gallery. */
import type { ChatClient, ChatState, Pending, RoomState, Row } from "../sdk/types.js";
import { me, membership, view } from "./shapes.js";

type Calls = { [K in keyof ChatClient]: Parameters<ChatClient[K]>[] };

export interface FakeClient extends ChatClient {
  /** what each method was called with, in order */
  calls: Calls;
  /** changes parts of the state and tells the listeners */
  set(patch: Partial<ChatState>): void;
  /** changes parts of one room */
  setRoom(roomId: string, patch: Partial<RoomState>): void;
  /** what the next calls of a method do instead of what they usually do */
  answers: Partial<{ [K in keyof ChatClient]: (...input: Parameters<ChatClient[K]>) => ReturnType<ChatClient[K]> }>;
}

const LIVE: ChatState = {
  account: { kind: "signedOut", ended: null },
  connection: { kind: "live", since: 0 },
  rooms: null,
  users: new Map(),
  server: null,
};

/** Makes a fake whose state begins as given; the rest is: live, nobody logged in, no rooms. */
export function createFakeClient(initial: Partial<ChatState> = {}): FakeClient {
  let state: ChatState = { ...LIVE, ...initial };
  const listeners = new Set<() => void>();
  let ids = 0;
  const set = (patch: Partial<ChatState>) => {
    state = { ...state, ...patch };
    for (const listener of listeners) listener();
  };
  const setRoom = (roomId: string, patch: Partial<RoomState>) => {
    const room = state.rooms?.get(roomId);
    if (room) set({ rooms: new Map(state.rooms).set(roomId, { ...room, ...patch }) });
  };
  const setPending = (roomId: string, clientId: string, status: Pending["status"] | null) => {
    const rows = state.rooms?.get(roomId)?.rows ?? [];
    setRoom(roomId, {
      rows: rows.flatMap((row): Row[] => {
        if (row.key !== clientId || row.kind !== "pending") return [row];
        return status === null ? [] : [{ ...row, pending: { ...row.pending, status } }];
      }),
    });
  };

  const usual: ChatClient = {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onEntry: () => () => undefined,
    start: async () => undefined,
    ready: async () => undefined,
    async register({ username, displayName }) {
      const user = me({ username, displayName: displayName ?? username });
      set({ account: { kind: "signedIn", me: user }, rooms: state.rooms ?? new Map() });
      return user;
    },
    async logIn({ username }) {
      const user = me({ username });
      set({ account: { kind: "signedIn", me: user }, rooms: state.rooms ?? new Map() });
      return user;
    },
    logOut: async () => set({ account: { kind: "signedOut", ended: null }, rooms: null }),
    async updateMe({ displayName }) {
      const user = me({ ...(displayName !== undefined && { displayName }) });
      set({ account: { kind: "signedIn", me: user } });
      return user;
    },
    changePassword: async () => undefined,
    listSessions: async () => [],
    endSession: async () => undefined,
    async createRoom({ name, topic, kind }) {
      const made = view({ id: `made-${name}`, name, topic: topic ?? "", kind });
      const room: RoomState = { view: made, rows: [], newest: "ready", older: "start", newer: "end", members: null };
      set({ rooms: new Map(state.rooms).set(made.room.id, room) });
      return made;
    },
    listDirectory: async () => ({ rooms: [], nextCursor: null }),
    async joinRoom(roomId) {
      const joined = view({ id: roomId });
      set({
        rooms: new Map(state.rooms).set(roomId, {
          view: joined,
          rows: [],
          newest: "ready",
          older: "start",
          newer: "end",
          members: null,
        }),
      });
      return joined;
    },
    joinRoomByName: async (name) => view({ id: `named-${name}`, name }),
    async leaveRoom(roomId) {
      const rooms = new Map(state.rooms);
      rooms.delete(roomId);
      set({ rooms });
    },
    updateRoom: async (roomId) => view({ id: roomId }),
    async setNotify(roomId, notify) {
      const room = state.rooms?.get(roomId);
      const changed = { ...(room?.view.membership ?? membership(roomId)), notify };
      if (room) setRoom(roomId, { view: { ...room.view, membership: changed } });
      return changed;
    },
    loadMembers: async () => undefined,
    putMember: async (roomId, userId, role = "member") => membership(roomId, { userId, role }),
    removeMember: async () => undefined,
    findUsers: async () => [],
    getUser: async (id) => me({ id }),
    openRoom: async () => undefined,
    loadOlder: async () => undefined,
    loadNewer: async () => undefined,
    loadNewest: async () => undefined,
    fillHole: async () => undefined,
    send(roomId, text, options) {
      const clientId = options?.clientId ?? `sent-${(ids += 1)}`;
      const pending: Pending = {
        clientId,
        text,
        replyTo: null,
        writtenAt: Date.now(),
        status: { kind: "sending" },
      };
      const rows = state.rooms?.get(roomId)?.rows ?? [];
      setRoom(roomId, { rows: [...rows, { kind: "pending", key: clientId, pending }] });
      return clientId;
    },
    retry: (roomId, clientId) => setPending(roomId, clientId, { kind: "sending" }),
    discard: (roomId, clientId) => setPending(roomId, clientId, null),
    retryNow: () => undefined,
    close: () => undefined,
  };

  const calls = Object.fromEntries(Object.keys(usual).map((name) => [name, []])) as unknown as Calls;
  const answers: FakeClient["answers"] = {};
  const recording = Object.fromEntries(
    Object.entries(usual).map(([name, act]) => [
      name,
      (...input: never[]) => {
        const key = name as keyof ChatClient;
        (calls[key] as unknown[]).push(input);
        return ((answers[key] ?? act) as (...args: never[]) => unknown)(...input);
      },
    ]),
  ) as unknown as ChatClient;
  return { ...recording, calls, answers, set, setRoom };
}
