/** Ctrl-C and its kin: the first one asks a command to end in order, a second one ends the process at once. */

/** Under npm one Ctrl-C comes twice, from the terminal and from npm; a person's second one comes later. */
const SAME_SIGNAL_MS = 500;

export interface Interruption {
  /** aborted by the first one */
  readonly signal: AbortSignal;
  /** To be called at every signal that comes. */
  interrupt(): void;
}

/**
 * @param now - milliseconds of a steady clock
 * @param leave - ends the process, whatever is under way
 */
export function createInterruption(now: () => number, leave: () => void): Interruption {
  const controller = new AbortController();
  let firstAt: number | null = null;
  return {
    signal: controller.signal,
    interrupt() {
      if (firstAt !== null && now() - firstAt > SAME_SIGNAL_MS) leave();
      firstAt ??= now();
      controller.abort();
    },
  };
}
