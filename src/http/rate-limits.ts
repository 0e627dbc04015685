/** How often somebody may call, in windows of a minute. Counters belong to one server object, not to the module. */
import type { Request, Response } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import type { LimitName } from "../infra/metrics.js";
import { ChatError } from "../protocol/errors.js";

const MINUTE_MS = 60_000;
/** What one household or machine gets of IPv6. */
const IPV6_SUBNET = 56;
/** A tab renews four times an hour; this leaves room for many tabs and for trouble. */
const REFRESHES_PER_MINUTE = 30;

/** Counts one call under a key; rejects with `rate_limited` when there were too many. */
type Limit = (request: Request, response: Response, key: string) => Promise<void>;

/** Somebody was refused by it. */
type OnLimited = (name: LimitName) => void;

interface RateLimitInfo {
  resetTime: Date | undefined;
}

/** `name` shows in the `RateLimit` and `RateLimit-Policy` headers; several limits of one call stand there side by side. */
function createLimit(name: LimitName, limit: number, onLimited: OnLimited): Limit {
  const keys = new WeakMap<Request, string>();
  const infos = new WeakMap<Request, RateLimitInfo>();

  const middleware = rateLimit({
    windowMs: MINUTE_MS,
    limit,
    identifier: name,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    keyGenerator: (request) => keys.get(request) ?? "",
    // The log says it once, in this server's words (see app.ts).
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (request, _response, next) => {
      onLimited(name);
      const { rateLimit: info } = request as Request & { rateLimit?: RateLimitInfo };
      if (info !== undefined) infos.set(request, info);
      const resetAt = info?.resetTime?.getTime() ?? Date.now() + MINUTE_MS;
      next(
        new ChatError("rate_limited", "Too many requests: wait a moment, then try again.", {
          retryAfterMs: Math.max(resetAt - Date.now(), 1),
        }),
      );
    },
  });

  return async (request, response, key) => {
    keys.set(request, key);
    await new Promise<void>((resolve, reject) => {
      void middleware(request, response, (error?: unknown) => {
        if (error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error("The rate limiter failed.", { cause: error }));
      });
    });
  };
}

/** The address that limits count: of IPv6 the /56. */
export function addressKey(request: Request): string {
  return ipKeyGenerator(request.ip ?? "", IPV6_SUBNET);
}

export interface RateLimits {
  /** register and login, by where they come from */
  authByAddress: Limit;
  /** register and login, by the name they are about; a changed password, by user */
  authByAccount: Limit;
  /** renewing, by session */
  refresh: Limit;
  /** every other call, by user, or by address while nobody is logged in */
  requests: Limit;
}

/** The limits of one server. */
export function createRateLimits(
  rates: { authPerMinute: number; requestsPerMinute: number },
  onLimited: OnLimited = () => undefined,
): RateLimits {
  return {
    authByAddress: createLimit("auth-by-address", rates.authPerMinute, onLimited),
    authByAccount: createLimit("auth-by-account", rates.authPerMinute, onLimited),
    refresh: createLimit("refresh", REFRESHES_PER_MINUTE, onLimited),
    requests: createLimit("requests", rates.requestsPerMinute, onLimited),
  };
}
