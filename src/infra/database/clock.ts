/** The primary's clock beside ours: two servers and a set of members can only agree on one time (G5). */
import type { Logger } from "../logger.js";

export interface Clock {
  /** What to add to our own time; 0 while the two agree to 2 s. */
  offsetMs(): number;
  /** Beyond 30 s: something is wrong that a person should look at. Writes go on. */
  skewed(): boolean;
}

export interface WatchedClock extends Clock {
  /** Compares once now. */
  compare(): Promise<void>;
  start(): void;
  stop(): void;
}

interface ClockOptions {
  /** Asks the primary for its time; milliseconds since 1970. */
  readonly primaryTime: () => Promise<number>;
  readonly now: () => number;
  readonly log: Logger;
}

const compareEveryMs = 10_000;
const toleratedMs = 2_000;
const skewedBeyondMs = 30_000;

/** Compares at each `compare()`, and every 10 s from `start()` to `stop()`. */
export function watchClock({ primaryTime, now, log }: ClockOptions): WatchedClock {
  let offset = 0;
  let skewed = false;
  let timer: NodeJS.Timeout | undefined;

  async function compare(): Promise<void> {
    const askedAt = now();
    let theirs: number;
    try {
      theirs = await primaryTime();
    } catch {
      return; // away: the last comparison holds
    }
    // Their answer is as old as half the round trip.
    const difference = theirs - (askedAt + now()) / 2;
    const before = { used: offset !== 0, skewed };
    offset = Math.abs(difference) > toleratedMs ? Math.round(difference) : 0;
    skewed = Math.abs(difference) > skewedBeyondMs;
    if (before.used === (offset !== 0) && before.skewed === skewed) return;
    const fields = { differenceMs: Math.round(difference) };
    if (skewed) log.error(fields, "this machine's clock and the primary's differ widely; set one of them right");
    else if (offset !== 0) log.warn(fields, "this machine's clock differs from the primary's, whose time is used");
    else log.info(fields, "this machine's clock and the primary's agree again");
  }

  return {
    offsetMs: () => offset,
    skewed: () => skewed,
    compare,
    start() {
      timer ??= setInterval(() => void compare(), compareEveryMs).unref(); // compare() does not reject
    },
    stop: () => clearInterval(timer),
  };
}
