/** Times in buckets one per cent wide: adding one costs the same however many there are. */

export interface Summary {
  /** how many were added */
  n: number;
  /** milliseconds; null when none was added */
  p50: number | null;
  p95: number | null;
  p99: number | null;
  max: number;
}

const BUCKETS = 2_400;
const PER_E_FOLD = 100.4992;

export interface Histogram {
  add(ms: number): void;
  summary(): Summary;
}

export function createHistogram(): Histogram {
  const buckets = new Float64Array(BUCKETS);
  let n = 0;
  let max = 0;

  function quantile(part: number): number | null {
    if (n === 0) return null;
    let seen = 0;
    for (let index = 0; index < BUCKETS; index++) {
      seen += buckets[index] ?? 0;
      if (seen >= part * n) return Number((Math.exp((index + 0.5) / PER_E_FOLD) / 1_000).toFixed(3));
    }
    return max;
  }

  return {
    add(ms) {
      const us = ms * 1_000;
      const index = us <= 1 ? 0 : Math.min(BUCKETS - 1, Math.floor(Math.log(us) * PER_E_FOLD));
      buckets[index] = (buckets[index] ?? 0) + 1;
      n += 1;
      if (ms > max) max = ms;
    },
    summary: () => ({ n, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max: Number(max.toFixed(2)) }),
  };
}
