/** Keeps the client's few flags in localStorage. */
import { createMemoryStorage, type ClientStorage } from "../options.js";

/** As much of `localStorage` as is needed. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * @param open - gives `localStorage`; a browser that forbids it throws already here, and the client then remembers until the
 * page is closed
 */
export function createBrowserStorage(open: () => TextStorage): ClientStorage {
  const memory = createMemoryStorage();
  const attempt = <T>(access: (storage: TextStorage) => T, otherwise: () => Promise<T>): Promise<T> => {
    try {
      return Promise.resolve(access(open()));
    } catch {
      return otherwise();
    }
  };
  return {
    get: (key) =>
      attempt(
        (storage) => storage.getItem(key),
        () => memory.get(key),
      ),
    set: (key, value) =>
      attempt(
        (storage) => storage.setItem(key, value),
        () => memory.set(key, value),
      ),
    delete: (key) =>
      attempt(
        (storage) => storage.removeItem(key),
        () => memory.delete(key),
      ),
  };
}
