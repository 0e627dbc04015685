/** A limit that answers at once: sends must keep their order, so nothing may be awaited before they are queued [G6]. */

export interface TokenBucket {
  /** @returns 0 when there is a token (it is taken), else the milliseconds until there is one */
  take(key: string): number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets that have been full for a while say nothing that an absent one does not. */
const SWEEP_AT = 10_000;

/**
 * @param perSecond tokens that come back in a second
 * @param burst tokens that a full bucket holds
 * @param now milliseconds of a steady clock
 */
export function createTokenBucket(perSecond: number, burst: number, now: () => number): TokenBucket {
  const buckets = new Map<string, Bucket>();
  let sweepAt = SWEEP_AT;

  function sweep(): void {
    const fullAfterMs = (burst / perSecond) * 1_000;
    for (const [key, { at }] of buckets) if (now() - at > fullAfterMs) buckets.delete(key);
    // Where most are in use, looking through all of them at every call would cost more than they do.
    sweepAt = Math.max(SWEEP_AT, 2 * buckets.size);
  }

  return {
    take(key) {
      if (buckets.size > sweepAt) sweep();
      const bucket = buckets.get(key) ?? { tokens: burst, at: now() };
      buckets.set(key, bucket);
      const time = now();
      bucket.tokens = Math.min(burst, bucket.tokens + ((time - bucket.at) / 1_000) * perSecond);
      bucket.at = time;
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return 0;
      }
      return Math.ceil(((1 - bucket.tokens) / perSecond) * 1_000);
    },
  };
}
