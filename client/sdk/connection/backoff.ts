/** How long to wait before the next try. */

export const FIRST_WAIT_MS = 1_000;
export const LONGEST_WAIT_MS = 30_000;

/**
 * Full jitter: anything from 0 to a bound that doubles from 1 s to 30 s, so that clients which lost the same server come
 * back spread out.
 *
 * @param attempts - how many tries in a row have failed, 1 after the first
 */
export function waitMs(attempts: number, random: () => number): number {
  const bound = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, Math.min(attempts - 1, 10)));
  return Math.round(random() * bound);
}
