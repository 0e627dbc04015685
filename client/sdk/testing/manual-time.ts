/** A clock and timers that move only when a test says so. */
import type { Timers } from "../options.js";

/** Lets everything that is due without a timer happen: promises, microtasks. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

export function createManualTime(start = 1_000_000) {
  let at = start;
  let next = 0;
  const due = new Map<number, { at: number; task: () => void }>();
  const timers: Timers = {
    after(ms, task) {
      const id = (next += 1);
      due.set(id, { at: at + ms, task });
      return () => void due.delete(id);
    },
  };
  return {
    timers,
    now: () => at,
    /** How many timers are set. */
    count: () => due.size,
    /** Moves on by `ms`, running what falls due in its order, and lets what it brings about happen. */
    async pass(ms: number): Promise<void> {
      const until = at + ms;
      await settled();
      for (;;) {
        const [first] = [...due].filter(([, timer]) => timer.at <= until).sort((a, b) => a[1].at - b[1].at);
        if (first === undefined) break;
        due.delete(first[0]);
        at = Math.max(at, first[1].at);
        first[1].task();
        await settled();
      }
      at = until;
      await settled();
    },
  };
}
