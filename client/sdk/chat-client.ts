/** The chat client: wires its parts together and is what a page, a bot or a test holds in its hand. */
import { ChatError } from "../../src/protocol/errors.js";
import type { Answer } from "../../src/protocol/endpoints/index.js";
import type { Me } from "../../src/protocol/shapes.js";
import { createActions } from "./actions.js";
import { createHttp } from "./account/http.js";
import { createRequest } from "./account/request.js";
import { createSession } from "./account/session.js";
import { newClientId } from "./client-id.js";
import { createConnection } from "./connection/connection.js";
import type { ConnectionState } from "./connection/connection-machine.js";
import { connectLazily } from "./connection/lazy-socket.js";
import {
  createMemoryStorage,
  createProcessLock,
  quietNetwork,
  systemTimers,
  type ChatClientOptions,
  type Surroundings,
} from "./options.js";
import { createOutbox } from "./outbox/outbox.js";
import { createEntryFeed } from "./sync/entry-feed.js";
import { createPushes } from "./sync/pushes.js";
import { createHistory } from "./timeline/history.js";
import { userIdsOf } from "./rooms/room-members.js";
import { createRooms } from "./rooms/rooms.js";
import { createSync } from "./sync/sync.js";
import { createUsers } from "./rooms/users.js";
import { createStore } from "./store.js";
import type { ChatClient, ChatState, Connection as ShownConnection } from "./types.js";

export type { ChatClientOptions } from "./options.js";

function shown(state: ConnectionState): ShownConnection {
  switch (state.kind) {
    case "offline":
      return { kind: "offline", since: state.since, retryAt: state.retryAt };
    case "refused":
      return { kind: "refused", since: state.since, code: state.code, detail: state.detail };
    default:
      return { kind: state.kind, since: state.since };
  }
}

/**
 * A chat client. It does nothing before `start`, `register` or `logIn`, and has timers and a connection until `close`.
 */
export function createChatClient(options: ChatClientOptions): ChatClient {
  const surroundings: Surroundings = {
    storage: createMemoryStorage(),
    lock: createProcessLock(),
    network: quietNetwork,
    now: Date.now,
    timers: systemTimers,
    fetch: (url, init) => fetch(url, init),
    connect: connectLazily,
    random: Math.random,
    newClientId,
    ...options,
  };
  const { network, now } = surroundings;

  let hasStarted = false;
  /** Rooms are shown from the first sync of an account on. */
  let isReady = false;
  let waiting: { resolve: () => void; reject: (error: ChatError) => void }[] = [];

  const store = createStore<ChatState>(
    {
      account: { kind: "starting" },
      connection: { kind: "offline", since: now(), retryAt: null },
      rooms: null,
      users: new Map(),
      server: null,
    },
    (state) => {
      const [nextRooms, nextUsers] = [isReady ? rooms.states(state.rooms) : null, users.all()];
      return nextRooms === state.rooms && nextUsers === state.users
        ? state
        : { ...state, rooms: nextRooms, users: nextUsers };
    },
  );

  /** The person whose rooms are held: stays when a session ends by itself, so that nothing is lost by logging in again. */
  let myId: string | null = null;

  const request = createRequest(surroundings);
  const session = createSession({
    surroundings,
    request,
    onToken(token, me) {
      if (myId !== null && myId !== me.id) forgetEverything();
      myId = me.id;
      users.put([me]);
      store.set({ account: { kind: "signedIn", me } });
      // A renewal that the socket does not take is followed by its end, and by another connection.
      if (connection.state().kind === "live") connection.request("session:renew", { token }).catch(() => undefined);
    },
    onRefused: () => signedOut("expired"),
  });
  const call = createHttp({ surroundings, request, session });

  const users = createUsers({
    surroundings,
    call,
    onChange: () => store.touch(),
    onUser(user) {
      rooms.userChanged(user);
      if (user.id === myId) onMe(user);
    },
    shown: () => rooms.shownUserIds(),
  });

  const feed = createEntryFeed();
  const rooms = createRooms({
    myId: () => myId,
    pending: (roomId) => outbox.pending(roomId),
    user: (userId) => users.get(userId),
    onChange: () => store.touch(),
    onApplied(roomId, entries, last) {
      const own = entries.filter((entry) => entry.senderId === myId).map((entry) => entry.clientId);
      outbox.settle(roomId, new Set(own), last);
      users.need(entries.flatMap(userIdsOf));
    },
    onNew: feed.tell,
    onBehind: () => sync.repairSoon(),
  });

  const whenReady = () =>
    isReady ? Promise.resolve() : new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
  const history = createHistory({ call, rooms, whenReady });

  const outbox = createOutbox({
    surroundings,
    send: (message) => connection.request("message:send", message),
    isLive: () => connection.state().kind === "live",
    onChange: () => store.touch(),
    onAcked(roomId, entry) {
      if (rooms.get(roomId) === undefined) outbox.settle(roomId, new Set(), Infinity);
      else rooms.arrived(roomId, [entry]);
    },
    // `renew` does not reject, and passes the new token on itself.
    onTokenProblem: () => void session.renew(),
  });

  const sync = createSync({
    surroundings,
    ask: (heads) => connection.request("sync", { heads }),
    call,
    rooms,
    history,
    isConnected: () => connection.state().kind === "live" || connection.state().kind === "syncing",
    onOtherHistory() {
      rooms.clear();
      loadServer();
    },
    onFailure: (error) => connection.fail(error),
  });

  const pushes = createPushes({
    rooms,
    users,
    sync,
    checkConnection: () => connection.check(),
    myId: () => myId,
  });

  const connection = createConnection({
    surroundings,
    token: session.token,
    renew: session.renew,
    async sync() {
      await sync.run();
      ready();
    },
    onState(state) {
      store.set({ connection: shown(state) });
      if (state.kind !== "live") return;
      outbox.wake();
      users.connected();
      if (store.get().server === null) loadServer();
    },
    onPush: (event, data) => pushes[event](data),
    onSignOut: signedOut,
  });

  const stopListening = network.subscribe((signal) => {
    if (signal === "offline") return;
    session.renewIfDue();
    if (hasStarted && store.get().server === null) loadServer();
  });

  function ready(): void {
    if (!isReady) users.put(rooms.list().flatMap((room) => room.live.view.peers));
    isReady = true;
    store.touch();
    const resolved = waiting;
    waiting = [];
    for (const { resolve } of resolved) resolve();
  }

  function onMe(me: Partial<Me>): void {
    const { account } = store.get();
    if (account.kind === "signedIn") store.set({ account: { kind: "signedIn", me: { ...account.me, ...me } } });
  }

  /** The session is over. What is held and what was typed stay: the same person may log in again. */
  function signedOut(ended: "expired" | "revoked"): void {
    const { account } = store.get();
    if (account.kind === "signedOut") return;
    // Deleting from the storage is all that may fail, and it is tried again at the next refusal.
    session.forget().catch(() => undefined);
    store.set({ account: { kind: "signedOut", ended } });
    if (ended === "expired") connection.stop();
  }

  function forgetEverything(): void {
    isReady = false;
    const rejected = waiting;
    waiting = [];
    for (const { reject } of rejected) reject(new ChatError("unauthenticated", "Nobody is logged in any more."));
    sync.clear();
    rooms.clear();
    users.clear();
    outbox.clear();
    feed.clear();
    myId = null;
  }

  function loadServer(): void {
    // Without an answer the page goes on without it; the next sign of the server or the network asks again.
    call("getServer").then(
      (server) => store.set({ server }),
      () => undefined,
    );
  }

  const actions = createActions({
    call,
    rooms,
    history,
    outbox,
    users,
    newId: surroundings.newClientId,
    hasAccount: () => myId !== null,
    isReady: () => isReady,
    onMe,
  });

  async function enter(answering: Promise<Answer<"login">>): Promise<Me> {
    const answer = await answering;
    connection.stop();
    await session.accept(answer);
    connection.start();
    return answer.user;
  }

  return {
    ...actions,
    getState: store.get,
    subscribe: store.subscribe,
    onEntry: feed.subscribe,
    ready: whenReady,
    async start() {
      hasStarted = true;
      loadServer();
      if (!(await session.wasLoggedIn())) {
        if (store.get().account.kind === "starting") store.set({ account: { kind: "signedOut", ended: null } });
        return;
      }
      await session.renew();
      // Refused: signed out by now. No answer: the connection goes on trying.
      if (store.get().account.kind !== "signedOut") connection.start();
    },
    register: (body) => enter(call("register", { body })),
    logIn: (body) => enter(call("login", { body })),
    async logOut() {
      connection.stop();
      forgetEverything();
      store.set({ account: { kind: "signedOut", ended: null } });
      const token = await session.forget();
      // Without an answer the session runs out by itself; here it is forgotten either way.
      await request("logout", {}, token).catch(() => undefined);
    },
    retryNow: connection.retryNow,
    close() {
      stopListening();
      connection.close();
      session.close();
      forgetEverything();
    },
  };
}
