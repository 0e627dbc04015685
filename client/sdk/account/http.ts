/** REST calls as the rest of the client makes them: with the token, renewed where it ran out, repeated where that is safe. */
import { ChatError, ERRORS } from "../../../src/protocol/errors.js";
import type { Answer } from "../../../src/protocol/endpoints/index.js";
import { waitMs } from "../connection/backoff.js";
import type { Surroundings } from "../options.js";
import { CALLS, type CallName } from "./calls.js";
import type { CallInput, Request } from "./request.js";
import type { Session } from "./session.js";

const MAX_TRIES = 3;
/** Told to wait for longer than this, a call fails instead: somebody is looking at it. */
const LONGEST_PATIENCE_MS = 10_000;

export interface HttpDeps {
  surroundings: Pick<Surroundings, "timers" | "random">;
  request: Request;
  session: Pick<Session, "token" | "renew">;
}

/**
 * Makes a REST call.
 *
 * A 401 renews the token once and repeats. GETs, and changes that carry a clientId, are tried up to 3 times where the
 * outcome is unknown or the server says "later" [L7]; any other change once.
 *
 * @throws ChatError the server's own, or `unavailable` when no answer came
 */
export type Call = <N extends CallName>(name: N, input?: CallInput<N>) => Promise<Answer<N>>;

const carriesClientId = ({ clientId, body }: { clientId?: string; body?: unknown }) =>
  clientId !== undefined || (typeof body === "object" && body !== null && "clientId" in body);

export function createHttp({ surroundings: { timers, random }, request, session }: HttpDeps): Call {
  const pause = (ms: number) => new Promise<void>((resolve) => void timers.after(ms, resolve));

  async function tokenFor(name: CallName): Promise<string | null> {
    if (CALLS[name].access !== "token") return null;
    const token = session.token();
    if (token !== null) return token;
    const outcome = await session.renew();
    const renewed = session.token();
    if (outcome.kind === "renewed" && renewed !== null) return renewed;
    if (outcome.kind === "failed") throw new ChatError("unavailable", "The server did not answer.");
    throw new ChatError("unauthenticated", "Log in first.");
  }

  return async function call<N extends CallName>(name: N, input: CallInput<N> = {}) {
    const mayRepeat = CALLS[name].method === "GET" || carriesClientId(input);
    let hasRenewed = false;
    for (let tries = 1; ;) {
      const token = await tokenFor(name);
      try {
        return await request(name, input, token);
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        if (error.code === "token_expired" || error.code === "unauthenticated") {
          if (CALLS[name].access !== "token" || hasRenewed) throw error;
          hasRenewed = true;
          const outcome = await session.renew();
          if (outcome.kind !== "renewed") throw error;
          continue;
        }
        const waitFor = error.retryAfterMs ?? waitMs(tries, random);
        const isOpen = ERRORS[error.code].outcome !== "final";
        if (!mayRepeat || !isOpen || tries >= MAX_TRIES || waitFor > LONGEST_PATIENCE_MS) throw error;
        tries += 1;
        await pause(waitFor);
      }
    }
  };
}
