/** The two tokens of a session: a short-lived JWT for calls, and the refresh token of the cookie. */
import { createHmac, timingSafeEqual } from "node:crypto";
import jwt from "jsonwebtoken";
import { z } from "zod";
import { ChatError } from "../../protocol/errors.js";
import type { Keys } from "./secret.js";

export const ACCESS_TOKEN_MS = 15 * 60 * 1000;
/** How far another clock may be ahead of ours. */
const CLOCK_SKEW_S = 60;
const NAME = "parlance";

export interface AccessClaims {
  userId: string;
  sessionId: string;
  expiresAt: Date;
}

export interface RefreshClaims {
  sessionId: string;
  generation: number;
}

export interface Tokens {
  signAccess: (userId: string, sessionId: string) => string;
  /** @throws ChatError `token_expired` for a genuine one that ran out, `unauthenticated` for any other */
  verifyAccess: (token: string) => AccessClaims;
  /** The same session and generation always give the same token. */
  signRefresh: (claims: RefreshClaims) => string;
  /** null when it is not one of ours. Whether the session still exists is not asked. */
  verifyRefresh: (token: string) => RefreshClaims | null;
}

const accessClaims = z.object({
  typ: z.literal("access"),
  sub: z.string().min(1),
  sid: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
});

type Claims = z.infer<typeof accessClaims>;

/** Tokens whose signature is known to be ours. */
const REMEMBERED_MAX = 10_000;

const REFRESH_FORM = /^([0-9a-f]{24})\.(0|[1-9]\d{0,9})\.([\w-]{43})$/;

const refused = () => new ChatError("unauthenticated", "The access token is not valid.");

/** Signs and checks tokens with keys of their own. */
export function createTokens(keys: Pick<Keys, "access" | "refresh">, now: () => number): Tokens {
  const seconds = () => Math.floor(now() / 1000);
  const seal = (sessionId: string, generation: number) =>
    createHmac("sha256", keys.refresh).update(`${sessionId}.${generation}`).digest();

  /** Checking a signature costs more than most calls; a token is shown hundreds of times in its quarter of an hour. */
  const genuine = new Map<string, Claims>();

  function remember(token: string, claims: Claims): Claims {
    genuine.set(token, claims);
    // Maps keep the order of insertion: the first one is the oldest.
    for (const oldest of genuine.keys()) {
      if (genuine.size <= REMEMBERED_MAX) break;
      genuine.delete(oldest);
    }
    return claims;
  }

  /** What a genuine token says; whether it still holds is judged at each call. */
  function readClaims(token: string): Claims {
    const known = genuine.get(token);
    if (known !== undefined) return known;
    try {
      const claims = accessClaims.parse(
        jwt.verify(token, keys.access, {
          algorithms: ["HS256"],
          issuer: NAME,
          audience: NAME,
          // Judged below, after the form: only a genuine token can be one that ran out.
          ignoreExpiration: true,
          clockTimestamp: seconds(),
        }),
      );
      return remember(token, claims);
    } catch {
      // Whatever the library or the schema found: it is not our token.
      throw refused();
    }
  }

  return {
    signAccess: (userId, sessionId) => {
      const iat = seconds();
      const claims = { typ: "access", sid: sessionId, iat, exp: iat + ACCESS_TOKEN_MS / 1000 };
      return jwt.sign(claims, keys.access, { algorithm: "HS256", issuer: NAME, audience: NAME, subject: userId });
    },

    verifyAccess: (token) => {
      const { sub, sid, iat, exp } = readClaims(token);
      if (iat > seconds() + CLOCK_SKEW_S || exp - iat > ACCESS_TOKEN_MS / 1000) throw refused();
      if (exp <= seconds()) throw new ChatError("token_expired", "The access token has run out.");
      return { userId: sub, sessionId: sid, expiresAt: new Date(exp * 1000) };
    },

    signRefresh: ({ sessionId, generation }) =>
      `${sessionId}.${generation}.${seal(sessionId, generation).toString("base64url")}`,

    verifyRefresh: (token) => {
      const [, sessionId, digits, mac] = REFRESH_FORM.exec(token) ?? [];
      if (sessionId === undefined || digits === undefined || mac === undefined) return null;
      const generation = Number(digits);
      const isGenuine = timingSafeEqual(Buffer.from(mac, "base64url"), seal(sessionId, generation));
      return isGenuine ? { sessionId, generation } : null;
    },
  };
}
