/** The live connection as a pure state machine: what happens next is decided here and nowhere else. */
import type { SessionEndCode } from "../../../src/protocol/event-names.js";
import { waitMs } from "./backoff.js";

/** A connection that ended sooner than this after it went live counts as one more failed try. */
const STEADY_MS = 10_000;
/** `rate_limited` without a length: what the contract makes an address wait. */
const RATE_LIMITED_WAIT_MS = 30_000;

/** `since` is when the connection stopped being live (it stays through the tries), or, in `live` and `refused`, when that began. */
export type ConnectionState =
  | {
      kind: "offline";
      since: number;
      attempts: number;
      /** false when nobody is logged in: nothing brings it back but `start` */
      wanted: boolean;
      retryAt: number | null;
      /** the server said to wait: signals from the surroundings do not shorten it, the person may */
      told: boolean;
    }
  /** `renewed`: a new token was fetched for this try already */
  | { kind: "connecting"; since: number; attempts: number; renewed: boolean }
  | { kind: "syncing"; since: number; attempts: number }
  | { kind: "live"; since: number; attempts: number }
  | { kind: "refused"; since: number; code: string; detail: string };

export type ConnectionEvent =
  /** somebody is logged in; nobody is any more */
  | { kind: "start" }
  | { kind: "stop" }
  /** the handshake: done, refused by the server with a code, or no answer */
  | { kind: "connected" }
  | { kind: "connectRefused"; code: string; detail: string; retryAfterMs: number | null }
  | { kind: "connectFailed" }
  /** the token: a new one, no answer (or "later"), or the session is over */
  | { kind: "renewed" }
  | { kind: "renewFailed"; retryAfterMs: number | null }
  | { kind: "renewRefused" }
  | { kind: "synced" }
  | { kind: "syncFailed"; retryAfterMs: number | null }
  /** the socket is gone */
  | { kind: "disconnected" }
  /** the server's last word */
  | { kind: "ended"; code: SessionEndCode; retryAfterMs: number | null }
  /** `retryAt` has come */
  | { kind: "timer" }
  | { kind: "online" }
  | { kind: "networkLost" }
  | { kind: "visible" }
  | { kind: "retryNow" };

export type ConnectionEffect =
  /** open a socket with the token at hand */
  | "open"
  /** drop the socket, and whatever is under way for it */
  | "close"
  | "renew"
  | "sync"
  | "signOutExpired"
  | "signOutRevoked";

export type ConnectionStep = readonly [ConnectionState, readonly ConnectionEffect[]];

interface Context {
  now: number;
  random: () => number;
}
type Of<T extends { kind: string }, K extends T["kind"]> = Extract<T, { kind: K }>;
type StateKind = ConnectionState["kind"];
type EventKind = ConnectionEvent["kind"];
type Handler<S extends StateKind, E extends EventKind> = (
  state: Of<ConnectionState, S>,
  event: Of<ConnectionEvent, E>,
  context: Context,
) => ConnectionStep;
/** Every event has its line in every state: the compiler refuses a table with a gap. */
type Table = { [S in StateKind]: { [E in EventKind]: Handler<S, E> } };

/** Before anybody is logged in. */
export const offlineAtFirst = (now: number): ConnectionState => ({
  kind: "offline",
  since: now,
  attempts: 0,
  wanted: false,
  retryAt: null,
  told: false,
});

const stay = (state: ConnectionState): ConnectionStep => [state, []];

const stop = (_state: ConnectionState, _event: ConnectionEvent, { now }: Context): ConnectionStep => [
  offlineAtFirst(now),
  ["close"],
];

const open = (state: ConnectionState, attempts: number): ConnectionStep => [
  { kind: "connecting", since: state.since, attempts, renewed: false },
  ["open"],
];

/** When the connection was last live, or the moment at which it stopped being so. */
const lostAt = (state: ConnectionState, now: number): number => (state.kind === "live" ? now : state.since);

function failedTries(state: ConnectionState, now: number): number {
  if (state.kind === "refused") return 0;
  if (state.kind === "live" && now - state.since >= STEADY_MS) return 0;
  return state.attempts;
}

function wait(state: ConnectionState, retryAfterMs: number | null, { now, random }: Context): ConnectionStep {
  const attempts = failedTries(state, now) + 1;
  const retryAt = now + (retryAfterMs ?? waitMs(attempts, random));
  const since = lostAt(state, now);
  return [{ kind: "offline", since, attempts, wanted: true, retryAt, told: retryAfterMs !== null }, ["close"]];
}

const lose = (state: ConnectionState, _event: ConnectionEvent, context: Context) => wait(state, null, context);

function renewFirst(state: ConnectionState, { now }: Context): ConnectionStep {
  const attempts = failedTries(state, now);
  return [{ kind: "connecting", since: lostAt(state, now), attempts, renewed: true }, ["close", "renew"]];
}

const isTokenProblem = (code: string) => code === "token_expired" || code === "unauthenticated";

function handshakeRefused(
  state: Of<ConnectionState, "connecting">,
  { code, retryAfterMs }: Of<ConnectionEvent, "connectRefused">,
  context: Context,
): ConnectionStep {
  if (isTokenProblem(code) && !state.renewed) return renewFirst(state, context);
  return wait(state, retryAfterMs, context);
}

const END_DETAILS = {
  revoked: "This session was ended.",
  too_many: "There are too many connections of this account: this one was ended.",
} as const;

function end(state: ConnectionState, event: Of<ConnectionEvent, "ended">, context: Context): ConnectionStep {
  switch (event.code) {
    case "token_expired":
      return renewFirst(state, context);
    case "draining":
      return wait(state, event.retryAfterMs, context);
    case "rate_limited":
      return wait(state, event.retryAfterMs ?? RATE_LIMITED_WAIT_MS, context);
    case "revoked":
    case "too_many": {
      const refused = {
        kind: "refused",
        since: context.now,
        code: event.code,
        detail: END_DETAILS[event.code],
      } as const;
      return [refused, event.code === "revoked" ? ["close", "signOutRevoked"] : ["close"]];
    }
    default:
      // A code that this client does not know yet.
      return wait(state, (event as { retryAfterMs: number | null }).retryAfterMs, context);
  }
}

/** Something in the surroundings says that it may work now. */
function hopeful(state: Of<ConnectionState, "offline">, _event: ConnectionEvent, { now }: Context): ConnectionStep {
  if (!state.wanted) return stay(state);
  if (state.told && state.retryAt !== null && now < state.retryAt) return stay(state);
  return open(state, state.attempts);
}

/** Whether the socket still lives is not to be seen: the answer to a `sync` shows it, and what was missed meanwhile. */
const check = (state: ConnectionState): ConnectionStep => [state, ["sync"]];

const TABLE: Table = {
  offline: {
    start: (state) => open(state, 0),
    stop,
    connected: stay,
    connectRefused: stay,
    connectFailed: stay,
    renewed: stay,
    renewFailed: stay,
    renewRefused: stay,
    synced: stay,
    syncFailed: stay,
    disconnected: stay,
    ended: stay,
    timer: (state, _event, { now }) =>
      state.wanted && state.retryAt !== null && now >= state.retryAt ? open(state, state.attempts) : stay(state),
    online: hopeful,
    networkLost: stay,
    visible: hopeful,
    retryNow: (state) => (state.wanted ? open(state, state.attempts) : stay(state)),
  },
  connecting: {
    start: stay,
    stop,
    connected: (state) => [{ kind: "syncing", since: state.since, attempts: state.attempts }, ["sync"]],
    connectRefused: handshakeRefused,
    connectFailed: lose,
    renewed: (state) => [state, ["open"]],
    renewFailed: (state, { retryAfterMs }, context) => wait(state, retryAfterMs, context),
    renewRefused: (_state, _event, { now }) => [offlineAtFirst(now), ["close", "signOutExpired"]],
    synced: stay,
    syncFailed: stay,
    disconnected: lose,
    ended: end,
    timer: stay,
    online: stay,
    networkLost: lose,
    visible: stay,
    retryNow: stay,
  },
  syncing: {
    start: stay,
    stop,
    connected: stay,
    connectRefused: stay,
    connectFailed: stay,
    renewed: stay,
    renewFailed: stay,
    renewRefused: stay,
    synced: (state, _event, { now }) => [{ kind: "live", since: now, attempts: state.attempts }, []],
    syncFailed: (state, { retryAfterMs }, context) => wait(state, retryAfterMs, context),
    disconnected: lose,
    ended: end,
    timer: stay,
    online: stay,
    networkLost: lose,
    visible: stay,
    retryNow: stay,
  },
  live: {
    start: stay,
    stop,
    connected: stay,
    connectRefused: stay,
    connectFailed: stay,
    renewed: stay,
    renewFailed: stay,
    renewRefused: stay,
    synced: stay,
    syncFailed: (state, { retryAfterMs }, context) => wait(state, retryAfterMs, context),
    disconnected: lose,
    ended: end,
    timer: stay,
    online: check,
    networkLost: lose,
    visible: check,
    retryNow: stay,
  },
  refused: {
    start: (state) => open(state, 0),
    stop,
    connected: stay,
    connectRefused: stay,
    connectFailed: stay,
    renewed: stay,
    renewFailed: stay,
    renewRefused: stay,
    synced: stay,
    syncFailed: stay,
    disconnected: stay,
    ended: stay,
    timer: stay,
    online: stay,
    networkLost: stay,
    visible: stay,
    retryNow: (state) => open(state, 0),
  },
};

/**
 * The next state and what is to be done, in this order.
 *
 * @param now - milliseconds by the client's clock
 * @param random - 0 to 1, for the spread of retries
 */
export function nextConnection(
  state: ConnectionState,
  event: ConnectionEvent,
  now: number,
  random: () => number,
): ConnectionStep {
  // The table's type ties each handler to its state and event; indexing by both at once is beyond what the compiler follows.
  const handler = TABLE[state.kind][event.kind] as (
    state: ConnectionState,
    event: ConnectionEvent,
    context: Context,
  ) => ConnectionStep;
  return handler(state, event, { now, random });
}
