/** A word kept in this browser, shared by all that read it, in every tab. */
import { useSyncExternalStore } from "react";

/** localStorage, or null where the browser blocks it: then things are kept until the page is left. */
export function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

export interface LocalSetting<T extends string> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

/**
 * Makes a setting out of a storage key. Anything stored that is not one of `values` counts as the first of them.
 *
 * @param onChange - called after each change, also one made in another tab
 */
export function createLocalSetting<T extends string>(
  key: string,
  values: readonly [T, ...T[]],
  onChange?: (value: T) => void,
): LocalSetting<T> {
  const listeners = new Set<() => void>();
  const known = (value: string | null | undefined) => values.find((one) => one === value) ?? values[0];
  let current = known(browserStorage()?.getItem(key));
  const take = (value: T) => {
    if (value === current) return;
    current = value;
    onChange?.(value);
    for (const listener of listeners) listener();
  };
  if (typeof window !== "undefined") {
    window.addEventListener("storage", (event) => {
      if (event.key === key) take(known(event.newValue));
    });
  }
  return {
    get: () => current,
    set(value) {
      try {
        browserStorage()?.setItem(key, value);
      } catch {
        // Full or blocked: the choice then holds until the page is left.
      }
      take(value);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Reads a setting and renders again when it changes. */
export function useLocalSetting<T extends string>(setting: LocalSetting<T>): T {
  return useSyncExternalStore(setting.subscribe, setting.get);
}
