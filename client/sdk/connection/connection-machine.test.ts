import {
  nextConnection,
  offlineAtFirst,
  type ConnectionEvent,
  type ConnectionState,
  type ConnectionStep,
} from "./connection-machine.js";

const NOW = 100_000;
const half = () => 0.5;

const states = {
  idle: offlineAtFirst(1_000),
  waiting: { kind: "offline", since: 1_000, attempts: 2, wanted: true, retryAt: NOW + 500, told: false },
  told: { kind: "offline", since: 1_000, attempts: 2, wanted: true, retryAt: NOW + 500, told: true },
  due: { kind: "offline", since: 1_000, attempts: 2, wanted: true, retryAt: NOW, told: true },
  connecting: { kind: "connecting", since: 1_000, attempts: 2, renewed: false },
  renewed: { kind: "connecting", since: 1_000, attempts: 2, renewed: true },
  syncing: { kind: "syncing", since: 1_000, attempts: 2 },
  live: { kind: "live", since: 1_000, attempts: 2 },
  young: { kind: "live", since: NOW - 10, attempts: 2 },
  refused: { kind: "refused", since: 1_000, code: "too_many", detail: "" },
} as const satisfies Record<string, ConnectionState>;
type StateName = keyof typeof states;

const retryAfterMs = null;
const events = {
  start: { kind: "start" },
  stop: { kind: "stop" },
  connected: { kind: "connected" },
  expiredToken: { kind: "connectRefused", code: "token_expired", detail: "", retryAfterMs },
  badToken: { kind: "connectRefused", code: "unauthenticated", detail: "", retryAfterMs },
  unavailable: { kind: "connectRefused", code: "unavailable", detail: "", retryAfterMs: 7_000 },
  connectFailed: { kind: "connectFailed" },
  renewed: { kind: "renewed" },
  renewFailed: { kind: "renewFailed", retryAfterMs },
  renewRefused: { kind: "renewRefused" },
  synced: { kind: "synced" },
  syncFailed: { kind: "syncFailed", retryAfterMs },
  disconnected: { kind: "disconnected" },
  endedExpired: { kind: "ended", code: "token_expired", retryAfterMs },
  endedRevoked: { kind: "ended", code: "revoked", retryAfterMs },
  endedTooMany: { kind: "ended", code: "too_many", retryAfterMs },
  endedDraining: { kind: "ended", code: "draining", retryAfterMs: 3_000 },
  endedRateLimited: { kind: "ended", code: "rate_limited", retryAfterMs },
  timer: { kind: "timer" },
  online: { kind: "online" },
  networkLost: { kind: "networkLost" },
  visible: { kind: "visible" },
  retryNow: { kind: "retryNow" },
} as const satisfies Record<string, ConnectionEvent>;
type EventName = keyof typeof events;
const eventNames = Object.keys(events) as EventName[];

const step = (state: ConnectionState, event: ConnectionEvent) => nextConnection(state, event, NOW, half);
/** A step in a few words: where to, and what is done. */
const told = ([state, effects]: ConnectionStep) => [state.kind, ...effects].join(" ");

/** Everything that moves; a pair that is not named stays where it is and does nothing. */
const moves: Record<StateName, Partial<Record<EventName, string>>> = {
  idle: { start: "connecting open", stop: "offline close" },
  waiting: {
    start: "connecting open",
    stop: "offline close",
    online: "connecting open",
    visible: "connecting open",
    retryNow: "connecting open",
  },
  told: { start: "connecting open", stop: "offline close", retryNow: "connecting open" },
  due: {
    start: "connecting open",
    stop: "offline close",
    timer: "connecting open",
    online: "connecting open",
    visible: "connecting open",
    retryNow: "connecting open",
  },
  connecting: {
    stop: "offline close",
    connected: "syncing sync",
    expiredToken: "connecting close renew",
    badToken: "connecting close renew",
    unavailable: "offline close",
    connectFailed: "offline close",
    renewed: "connecting open",
    renewFailed: "offline close",
    renewRefused: "offline close signOutExpired",
    disconnected: "offline close",
    endedExpired: "connecting close renew",
    endedRevoked: "refused close signOutRevoked",
    endedTooMany: "refused close",
    endedDraining: "offline close",
    endedRateLimited: "offline close",
    networkLost: "offline close",
  },
  renewed: {
    stop: "offline close",
    connected: "syncing sync",
    expiredToken: "offline close",
    badToken: "offline close",
    unavailable: "offline close",
    connectFailed: "offline close",
    renewed: "connecting open",
    renewFailed: "offline close",
    renewRefused: "offline close signOutExpired",
    disconnected: "offline close",
    endedExpired: "connecting close renew",
    endedRevoked: "refused close signOutRevoked",
    endedTooMany: "refused close",
    endedDraining: "offline close",
    endedRateLimited: "offline close",
    networkLost: "offline close",
  },
  syncing: {
    stop: "offline close",
    synced: "live",
    syncFailed: "offline close",
    disconnected: "offline close",
    endedExpired: "connecting close renew",
    endedRevoked: "refused close signOutRevoked",
    endedTooMany: "refused close",
    endedDraining: "offline close",
    endedRateLimited: "offline close",
    networkLost: "offline close",
  },
  live: {
    stop: "offline close",
    syncFailed: "offline close",
    disconnected: "offline close",
    endedExpired: "connecting close renew",
    endedRevoked: "refused close signOutRevoked",
    endedTooMany: "refused close",
    endedDraining: "offline close",
    endedRateLimited: "offline close",
    online: "live sync",
    networkLost: "offline close",
    visible: "live sync",
  },
  young: {
    stop: "offline close",
    syncFailed: "offline close",
    disconnected: "offline close",
    endedExpired: "connecting close renew",
    endedRevoked: "refused close signOutRevoked",
    endedTooMany: "refused close",
    endedDraining: "offline close",
    endedRateLimited: "offline close",
    online: "live sync",
    networkLost: "offline close",
    visible: "live sync",
  },
  refused: { start: "connecting open", stop: "offline close", retryNow: "connecting open" },
};

describe("the connection's table", () => {
  const pairs = (Object.keys(states) as StateName[]).flatMap((state) =>
    eventNames.map((event) => [state, event] as const),
  );

  it.each(pairs)("in %s, on %s, does what the table says", (stateName, eventName) => {
    const state = states[stateName];

    const next = step(state, events[eventName]);

    const move = moves[stateName][eventName];
    expect(told(next)).toBe(move ?? state.kind);
    expect(next).toEqual(move === undefined ? [state, []] : next);
  });
});

describe("waiting", () => {
  const retryAt = ([state]: ConnectionStep) => (state.kind === "offline" ? state.retryAt : null);

  it("retries for ever, spread over a bound that grows from 1 s to 30 s", () => {
    const waits: number[] = [];
    let state: ConnectionState = { kind: "connecting", since: 0, attempts: 0, renewed: false };

    for (let tries = 0; tries < 40; tries += 1) {
      const [offline] = nextConnection(state, { kind: "connectFailed" }, NOW, () => 1);
      if (offline.kind !== "offline") throw new Error("It gave up.");
      waits.push((offline.retryAt ?? 0) - NOW);
      const [again] = nextConnection(offline, { kind: "timer" }, offline.retryAt ?? 0, half);
      state = again;
    }

    expect(waits.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(waits.at(-1)).toBe(30_000);
    expect(retryAt(nextConnection(state, { kind: "connectFailed" }, NOW, () => 0))).toBe(NOW);
  });

  it("waits as long as the server says", () => {
    expect(retryAt(step(states.connecting, events.unavailable))).toBe(NOW + 7_000);
    expect(retryAt(step(states.live, events.endedDraining))).toBe(NOW + 3_000);
    expect(retryAt(step(states.live, events.endedRateLimited))).toBe(NOW + 30_000);
  });

  it("counts a connection that broke at once as one more failure, and one that held as a fresh start", () => {
    expect(step(states.young, events.disconnected)[0]).toMatchObject({ attempts: 3 });
    expect(step(states.live, events.disconnected)[0]).toMatchObject({ attempts: 1 });
  });

  it("keeps, through all tries, the moment at which it stopped being live", () => {
    const [offline] = step(states.live, events.disconnected);
    const [connecting] = nextConnection(offline, { kind: "retryNow" }, NOW + 100, half);
    const [again] = nextConnection(connecting, { kind: "connectFailed" }, NOW + 200, half);

    expect([offline.since, connecting.since, again.since]).toEqual([NOW, NOW, NOW]);
  });

  it("is not hurried by the surroundings when the server told it to wait", () => {
    expect(told(step(states.told, events.online))).toBe("offline");
    expect(told(step(states.waiting, events.online))).toBe("connecting open");
  });
});
