/** A limit on how long several answers together are waited for. */

export interface TimeLimit {
  /** The answer; rejects with the error of the limit when that comes first. What was asked goes on, and nobody hears of it. */
  wait<T>(answer: Promise<T>): Promise<T>;
  stop(): void;
}

/** Begins to count at once. */
export function startTimeLimit(ms: number, error: () => Error): TimeLimit {
  let giveUp: (reason: Error) => void = () => undefined;
  const over = new Promise<never>((_resolve, reject) => (giveUp = reject));
  // It may end while nothing is waited for.
  over.catch(() => undefined);
  const timer = setTimeout(() => giveUp(error()), ms);
  return {
    wait: (answer) => Promise.race([answer, over]),
    stop: () => clearTimeout(timer),
  };
}
