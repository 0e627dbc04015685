/** Limits of a socket's events, and the end of those who do not heed them. */
import { ipKeyGenerator } from "express-rate-limit";
import { createTokenBucket } from "./token-bucket.js";
import type { EventLimits } from "./events.js";

export interface Abuse {
  limitsFor(address: string, end: (retryAfterMs: number) => void): EventLimits;
  /** @returns 0, or the milliseconds until this address may connect again */
  connect(address: string): number;
}

interface AbuseOptions {
  eventsPerSecond: number;
  connectionsPerMinute: number;
  /** milliseconds of a steady clock */
  now(): number;
  /** somebody was refused */
  onLimited?(limit: "events" | "connections"): void;
}

/** Ten times over the limit for this long ends the socket; its address then waits. */
const PATIENCE_MS = 10_000;
const BAN_MS = 30_000;
const TIMES_OVER = 10;

/** What one household or machine gets of IPv6. */
const IPV6_SUBNET = 56;

/** Requests that cannot be understood, within PATIENCE_MS. */
const INVALID_MAX = 100;

const placeOf = (address: string) => ipKeyGenerator(address, IPV6_SUBNET);

/** Counts by seconds; true once each of the last ten seconds was far over the limit. */
function createFloodWatch(perSecond: number, now: () => number): () => boolean {
  let second = 0;
  let count = 0;
  let floodedSince: number | null = null;
  return () => {
    const current = Math.floor(now() / 1_000);
    if (current !== second) {
      const flooded = current === second + 1 && count >= perSecond * TIMES_OVER;
      if (!flooded) floodedSince = null;
      second = current;
      count = 0;
    }
    count += 1;
    if (count >= perSecond * TIMES_OVER) floodedSince ??= now();
    return floodedSince !== null && now() - floodedSince >= PATIENCE_MS;
  };
}

/** True once there were more than `max` calls within `windowMs`. */
function createCounter(max: number, windowMs: number, now: () => number): () => boolean {
  let startedAt = now();
  let count = 0;
  return () => {
    if (now() - startedAt > windowMs) {
      startedAt = now();
      count = 0;
    }
    count += 1;
    return count > max;
  };
}

export function createAbuse({ eventsPerSecond, connectionsPerMinute, now, onLimited }: AbuseOptions): Abuse {
  const events = createTokenBucket(eventsPerSecond, eventsPerSecond, now);
  const connections = createTokenBucket(connectionsPerMinute / 60, connectionsPerMinute, now);
  const banned = new Map<string, number>();
  let sockets = 0;

  return {
    limitsFor(address, end) {
      sockets += 1;
      const key = String(sockets);
      const isFlood = createFloodWatch(eventsPerSecond, now);
      const tooManyInvalid = createCounter(INVALID_MAX, PATIENCE_MS, now);
      const ban = () => {
        banned.set(placeOf(address), now() + BAN_MS);
        end(BAN_MS);
      };
      return {
        take() {
          if (isFlood()) ban();
          const waitMs = events.take(key);
          if (waitMs > 0) onLimited?.("events");
          return waitMs;
        },
        invalid() {
          if (tooManyInvalid()) end(BAN_MS);
        },
      };
    },
    connect(address) {
      const place = placeOf(address);
      const bannedMs = Math.ceil((banned.get(place) ?? 0) - now());
      if (bannedMs <= 0) banned.delete(place);
      const waitMs = bannedMs > 0 ? bannedMs : connections.take(place);
      if (waitMs > 0) onLimited?.("connections");
      return waitMs;
    },
  };
}
