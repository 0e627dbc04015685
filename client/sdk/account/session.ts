/** The login of this client: its access token, kept in memory only, and its renewal before it runs out. */
import { ChatError } from "../../../src/protocol/errors.js";
import type { Answer } from "../../../src/protocol/endpoints/index.js";
import type { Me } from "../../../src/protocol/shapes.js";
import { waitMs } from "../connection/backoff.js";
import type { Surroundings } from "../options.js";
import type { Request } from "./request.js";

/** The part of a token's life after which a new one is fetched. */
const RENEW_AT = 0.8;
const LOGGED_IN_KEY = "parlance.logged-in";
const REFRESH_LOCK = "parlance.refresh";

export type RenewOutcome =
  | { kind: "renewed" }
  /** the session is over */
  | { kind: "refused" }
  /** no answer, or "later": says nothing about the session */
  | { kind: "failed"; retryAfterMs: number | null };

export interface SessionDeps {
  surroundings: Pick<Surroundings, "storage" | "lock" | "now" | "timers" | "random">;
  request: Request;
  /** A token was got: at login and at each renewal. */
  onToken(token: string, me: Me): void;
  /** The session turned out to be over. */
  onRefused(): void;
}

export interface Session {
  /** null when there is none that still holds by the client's own clock */
  token(): string | null;
  /** Whether somebody logged in here before and did not log out since. */
  wasLoggedIn(): Promise<boolean>;
  accept(answer: Answer<"login">): Promise<void>;
  /** Fetches a new token. Calls at the same time are one; over tabs one goes after the other. Does not reject. */
  renew(): Promise<RenewOutcome>;
  /** Renews when it is time to; a timer may have slept with the device. */
  renewIfDue(): void;
  /** Forgets the token and that anybody was ever here. @returns the token, where it still held */
  forget(): Promise<string | null>;
  close(): void;
}

export function createSession({ surroundings, request, onToken, onRefused }: SessionDeps): Session {
  const { storage, lock, now, timers, random } = surroundings;
  let held: { token: string; renewAt: number; expiresAt: number } | null = null;
  /** The person that the session belongs to, also while there is no token. */
  let userId: string | null = null;
  let renewal: Promise<RenewOutcome> | null = null;
  /** Moves on at each login and logout: a renewal from before is void. */
  let generation = 0;
  let failures = 0;
  let cancelTimer = () => {};

  function keep({ accessToken, expiresInMs, user }: Answer<"login">): void {
    const at = now();
    held = { token: accessToken, renewAt: at + expiresInMs * RENEW_AT, expiresAt: at + expiresInMs };
    userId = user.id;
    failures = 0;
    renewLater(expiresInMs * RENEW_AT);
    onToken(accessToken, user);
  }

  function renewLater(ms: number): void {
    cancelTimer();
    // `renew` does not reject; its outcome is handled inside.
    cancelTimer = timers.after(ms, () => void renew());
  }

  async function fetchToken(mine: number): Promise<RenewOutcome> {
    try {
      const isKnown = userId !== null || (await storage.get(LOGGED_IN_KEY)) !== null;
      if (!isKnown) return { kind: "refused" };
      const answer = await lock.run(REFRESH_LOCK, () => request("refresh", {}, null));
      if (mine !== generation) return { kind: "failed", retryAfterMs: null };
      // Somebody else has logged in from another tab: the cookie is theirs now.
      if (userId !== null && answer.user.id !== userId) return refuse();
      keep(answer);
      await storage.set(LOGGED_IN_KEY, "1");
      return { kind: "renewed" };
    } catch (error) {
      const isOver = error instanceof ChatError && (error.code === "unauthenticated" || error.code === "token_expired");
      if (mine !== generation) return { kind: "failed", retryAfterMs: null };
      if (isOver) {
        await storage.delete(LOGGED_IN_KEY);
        return refuse();
      }
      failures += 1;
      const retryAfterMs = error instanceof ChatError ? (error.retryAfterMs ?? null) : null;
      if (held !== null) renewLater(retryAfterMs ?? waitMs(failures, random));
      return { kind: "failed", retryAfterMs };
    }
  }

  function refuse(): RenewOutcome {
    cancelTimer();
    held = null;
    onRefused();
    return { kind: "refused" };
  }

  function renew(): Promise<RenewOutcome> {
    if (renewal !== null) return renewal;
    const mine = fetchToken(generation).finally(() => {
      if (renewal === mine) renewal = null;
    });
    renewal = mine;
    return mine;
  }

  return {
    token: () => (held !== null && now() < held.expiresAt ? held.token : null),
    wasLoggedIn: async () => (await storage.get(LOGGED_IN_KEY)) !== null,
    async accept(answer) {
      generation += 1;
      renewal = null;
      userId = answer.user.id;
      keep(answer);
      await storage.set(LOGGED_IN_KEY, "1");
    },
    renew,
    renewIfDue() {
      // As above: nothing rejects.
      if (held !== null && now() >= held.renewAt) void renew();
    },
    async forget() {
      const token = held !== null && now() < held.expiresAt ? held.token : null;
      generation += 1;
      renewal = null;
      cancelTimer();
      held = null;
      userId = null;
      await storage.delete(LOGGED_IN_KEY);
      return token;
    },
    close() {
      generation += 1;
      cancelTimer();
    },
  };
}
