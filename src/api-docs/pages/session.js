/**
 * The reader's session: whoever is logged in in the web client is logged in here, by the refresh cookie.
 *
 * The access token lives in this module's memory and nowhere else. It is renewed before it runs out.
 */

/** @typedef {import("../../protocol/shapes.js").Me} Me */
/**
 * @typedef {{ kind: "looking" } | { kind: "out" } | { kind: "away" }
 *   | { kind: "in", user: Me, byHand: boolean }} SessionState
 */
/** @typedef {{ user: Me, accessToken: string, expiresInMs: number }} SignedIn */

const API = "/api/v1";
/** Renewed this long before the token runs out. */
const AHEAD_MS = 60_000;

/** What the server said is wrong. */
class CallError extends Error {
  /** @param {number} status @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{ body?: object, token?: string }} [options]
 * @returns {Promise<unknown>}
 */
export async function callApi(method, path, { body, token } = {}) {
  const response = await fetch(API + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === "" ? null : JSON.parse(text);
  if (!response.ok) throw new CallError(response.status, answer?.detail ?? `The server answered ${response.status}.`);
  return answer;
}

/** The session; `subscribe` hears of every change, and of the state as it is. */
export function createSession() {
  /** @type {SessionState} */
  let state = { kind: "looking" };
  /** @type {string | null} */
  let token = null;
  let expiresAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<void> | null} */
  let renewing = null;
  /** @type {Set<(state: SessionState) => void>} */
  const listeners = new Set();

  function become(/** @type {SessionState} */ next) {
    state = next;
    for (const listener of listeners) listener(state);
  }

  function forget(/** @type {"out" | "away"} */ kind) {
    clearTimeout(timer);
    if (kind === "out") token = null;
    become({ kind });
  }

  /** Takes what register, login and refresh answer. */
  function adopt(/** @type {SignedIn} */ { user, accessToken, expiresInMs }) {
    token = accessToken;
    expiresAt = Date.now() + expiresInMs;
    clearTimeout(timer);
    timer = setTimeout(() => void renew(), Math.max(expiresInMs - AHEAD_MS, 1_000));
    become({ kind: "in", user, byHand: false });
  }

  /** One renewal at a time; afterwards `state` says how it went. */
  function renew() {
    renewing ??= (async () => {
      try {
        adopt(/** @type {SignedIn} */ (await callApi("POST", "/auth/refresh")));
      } catch (error) {
        const isRefused = error instanceof CallError && (error.status === 401 || error.status === 403);
        forget(isRefused ? "out" : "away");
      } finally {
        renewing = null;
      }
    })();
    return renewing;
  }

  // Whoever logged in in another tab meanwhile is logged in here when they come back.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && (state.kind === "out" || state.kind === "away")) void renew();
  });

  return {
    adopt,
    renew,
    /** The session is over, as far as the page knows. */
    end: () => forget("out"),

    subscribe(/** @type {(state: SessionState) => void} */ listener) {
      listeners.add(listener);
      listener(state);
    },

    /** A token that is good for a while; null when nobody is logged in. */
    async token() {
      const isOwn = state.kind !== "in" || !state.byHand;
      if (token !== null && isOwn && Date.now() > expiresAt - AHEAD_MS) await renew();
      return token;
    },

    /** The server did not take the token: another one stands in for it, or it is over. */
    refused() {
      if (state.kind === "in" && state.byHand) forget("out");
      else void renew();
    },

    /** @throws Error with the server's words */
    async logIn(/** @type {string} */ username, /** @type {string} */ password) {
      adopt(/** @type {SignedIn} */ (await callApi("POST", "/auth/login", { body: { username, password } })));
    },

    /**
     * Goes on with somebody's access token, for as long as it lasts.
     *
     * @throws Error with the server's words
     */
    async useToken(/** @type {string} */ given) {
      const user = /** @type {Me} */ (await callApi("GET", "/me", { token: given }));
      clearTimeout(timer);
      token = given;
      expiresAt = Number.POSITIVE_INFINITY;
      become({ kind: "in", user, byHand: true });
    },
  };
}

/** @typedef {ReturnType<typeof createSession>} Session */
