/** Reads that many ask for at once, such as all who come back after a restart, gathered into few queries. */

/**
 * While one query is under way, what is asked for waits, and the next one asks for all of it: whoever asks gets what was read
 * after they asked. Alone, nobody waits.
 *
 * @param readMany - the values of those keys that have one
 * @returns undefined where there is none; rejects for all whose query failed
 */
export function createBatchReader<V>(
  readMany: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  keysAtOnce: number,
): (key: string) => Promise<V | undefined> {
  interface Waiter {
    resolve(value: V | undefined): void;
    reject(error: unknown): void;
  }
  const waiting = new Map<string, Waiter[]>();
  let running = false;

  async function readNext(): Promise<void> {
    const batch = [...waiting].slice(0, keysAtOnce);
    for (const [key] of batch) waiting.delete(key);
    try {
      const found = await readMany(batch.map(([key]) => key));
      for (const [key, waiters] of batch) for (const { resolve } of waiters) resolve(found.get(key));
    } catch (error) {
      for (const [, waiters] of batch) for (const { reject } of waiters) reject(error);
    }
  }

  async function run(): Promise<void> {
    running = true;
    while (waiting.size > 0) await readNext();
    running = false;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      const waiters = waiting.get(key);
      if (waiters === undefined) waiting.set(key, [{ resolve, reject }]);
      else waiters.push({ resolve, reject });
      // It never rejects: each waiter is told.
      if (!running) void run();
    });
}
