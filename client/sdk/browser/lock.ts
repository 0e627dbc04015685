/** Mutual exclusion over all tabs of a browser, by Web Locks. */
import { createProcessLock, type ClientLock } from "../options.js";

/** As much of `navigator.locks` as is needed. */
export interface LockManagerLike {
  request<T>(name: string, task: () => Promise<T>): Promise<T>;
}

/**
 * @param locks - undefined on a plain-http address that is not localhost: then only this tab's calls go one after the
 * other, and the server's own rules keep two tabs apart
 */
export function createBrowserLock(locks: LockManagerLike | undefined): ClientLock {
  if (locks === undefined) return createProcessLock();
  return { run: (name, task) => locks.request(name, task) };
}
