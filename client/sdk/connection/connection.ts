/** Drives the connection: does what the machine decides, and carries requests and pushes of the socket that is open now. */
import { ChatError, isErrorCode } from "../../../src/protocol/errors.js";
import type {
  AckData,
  AckError,
  ClientEvent,
  PayloadInput,
  PushData,
  ServerEvent,
} from "../../../src/protocol/events.js";
import type { RenewOutcome } from "../account/session.js";
import type { Surroundings } from "../options.js";
import {
  nextConnection,
  offlineAtFirst,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from "./connection-machine.js";
import type { ClientSocket } from "./socket.js";

/** No ack for this long means: unknown. */
export const ACK_TIMEOUT_MS = 10_000;

export interface ConnectionDeps {
  surroundings: Pick<Surroundings, "url" | "connect" | "now" | "random" | "timers" | "network">;
  /** the access token, null when there is none that still holds */
  token(): string | null;
  renew(): Promise<RenewOutcome>;
  /** Catches up over the socket that is open now. Rejects with a ChatError when that did not work. */
  sync(): Promise<void>;
  onState(state: ConnectionState): void;
  onPush<E extends ServerEvent>(event: E, data: PushData<E>): void;
  onSignOut(ended: "expired" | "revoked"): void;
}

export interface Connection {
  state(): ConnectionState;
  /** Somebody is logged in: connect, and stay so. */
  start(): void;
  stop(): void;
  retryNow(): void;
  /** Catches up now, which also shows whether the socket still lives. */
  check(): void;
  /** The answer to an event was not what keeps a connection going: begin anew, with a new token where that was it. */
  fail(error: unknown): void;
  /**
   * Sends an event over the socket that is open now.
   *
   * @throws ChatError the server's own, or `unavailable` when there is no socket, it was lost, or no ack came in 10 s
   */
  request<E extends ClientEvent>(event: E, payload: PayloadInput<E>): Promise<AckData<E>>;
  close(): void;
}

function errorOf(answer: unknown): ChatError {
  const error = (answer as { error?: Partial<AckError> } | null)?.error;
  const { fields, retryAfterMs } = error ?? {};
  return new ChatError(
    isErrorCode(error?.code) ? error.code : "internal",
    error?.detail ?? "The answer makes no sense.",
    {
      ...(fields === undefined ? {} : { fields }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  );
}

const retryAfterOf = (error: unknown) => (error instanceof ChatError ? (error.retryAfterMs ?? null) : null);

export function createConnection(deps: ConnectionDeps): Connection {
  const { url, connect, now, random, timers, network } = deps.surroundings;
  let state = offlineAtFirst(now());
  let socket: ClientSocket | null = null;
  /** Counts tries: what belongs to an earlier one is not listened to. */
  let attempt = 0;
  let cancelTimer = () => {};
  const outstanding = new Set<(error: ChatError) => void>();
  /** Whatever an effect brings about at once waits until all effects of its step are done. */
  const queue: ConnectionEvent[] = [];
  let isDispatching = false;

  function dispatch(event: ConnectionEvent): void {
    queue.push(event);
    if (isDispatching) return;
    isDispatching = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const before = state;
      const [after, effects] = nextConnection(state, next, now(), random);
      state = after;
      for (const effect of effects) perform(effect);
      if (after !== before) {
        setTimer();
        deps.onState(after);
      }
    }
    isDispatching = false;
  }

  function setTimer(): void {
    cancelTimer();
    if (state.kind !== "offline" || state.retryAt === null) return;
    cancelTimer = timers.after(Math.max(0, state.retryAt - now()), () => dispatch({ kind: "timer" }));
  }

  function perform(effect: ConnectionEffect): void {
    switch (effect) {
      case "open":
        return open();
      case "close":
        return drop();
      case "renew":
        return renew();
      case "sync":
        return sync();
      case "signOutExpired":
        return deps.onSignOut("expired");
      case "signOutRevoked":
        return deps.onSignOut("revoked");
    }
  }

  function drop(): void {
    attempt += 1;
    socket?.close();
    socket = null;
    const lost = new ChatError("unavailable", "The connection was lost before an answer came.");
    for (const reject of [...outstanding]) reject(lost);
  }

  function open(): void {
    drop();
    const mine = attempt;
    const tell = (event: ConnectionEvent) => {
      if (mine === attempt) dispatch(event);
    };
    const token = deps.token();
    if (token === null) {
      tell({
        kind: "connectRefused",
        code: "token_expired",
        detail: "The access token has run out.",
        retryAfterMs: null,
      });
      return;
    }
    socket = connect(url, token, {
      connected: () => tell({ kind: "connected" }),
      refused: (refusal) => tell(refusal === null ? { kind: "connectFailed" } : { kind: "connectRefused", ...refusal }),
      disconnected: () => tell({ kind: "disconnected" }),
      push(event, data) {
        if (mine !== attempt) return;
        if (event === "session:ended") {
          const ended = data as PushData<"session:ended">;
          dispatch({ kind: "ended", code: ended.code, retryAfterMs: ended.retryAfterMs ?? null });
          return;
        }
        deps.onPush(event, data);
      },
    });
  }

  function renew(): void {
    const mine = attempt;
    const tell = (outcome: RenewOutcome) => {
      if (mine !== attempt) return;
      if (outcome.kind === "renewed") dispatch({ kind: "renewed" });
      else if (outcome.kind === "refused") dispatch({ kind: "renewRefused" });
      else dispatch({ kind: "renewFailed", retryAfterMs: outcome.retryAfterMs });
    };
    // `renew` answers every failure as an outcome; it does not reject.
    void deps.renew().then(tell);
  }

  function sync(): void {
    const mine = attempt;
    const tell = (event: ConnectionEvent) => {
      if (mine === attempt) dispatch(event);
    };
    // Both outcomes are events: nothing is left to reject.
    void deps.sync().then(
      () => tell({ kind: "synced" }),
      (error: unknown) => tell({ kind: "syncFailed", retryAfterMs: retryAfterOf(error) }),
    );
  }

  const unsubscribe = network.subscribe((signal) => {
    dispatch({ kind: signal === "offline" ? "networkLost" : signal });
  });

  return {
    state: () => state,
    start: () => dispatch({ kind: "start" }),
    stop: () => dispatch({ kind: "stop" }),
    retryNow: () => dispatch({ kind: "retryNow" }),
    // While one is under way, the next one stands behind it.
    check: () => (state.kind === "live" || state.kind === "syncing") && sync(),
    fail: (error) => dispatch({ kind: "syncFailed", retryAfterMs: retryAfterOf(error) }),
    request<E extends ClientEvent>(event: E, payload: PayloadInput<E>) {
      return new Promise<AckData<E>>((resolve, reject) => {
        if (socket === null) {
          reject(new ChatError("unavailable", "There is no connection."));
          return;
        }
        const giveUp = (error: ChatError) => {
          outstanding.delete(giveUp);
          cancel();
          reject(error);
        };
        const cancel = timers.after(ACK_TIMEOUT_MS, () =>
          giveUp(new ChatError("unavailable", "No answer came in time.")),
        );
        outstanding.add(giveUp);
        socket.emit(event, payload, (answer) => {
          if (!outstanding.delete(giveUp)) return;
          cancel();
          // What the server answers is of the contract's shape; only the error branch is looked at closely.
          const ack = answer as { ok?: boolean; data: AckData<E> };
          if (ack?.ok === true) resolve(ack.data);
          else reject(errorOf(answer));
        });
      });
    },
    close() {
      dispatch({ kind: "stop" });
      unsubscribe();
      cancelTimer();
    },
  };
}
