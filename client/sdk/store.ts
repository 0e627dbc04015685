/** An immutable state, and one notification for everything that changes in one go. */

export interface Store<S> {
  /** The state as of now, also before the listeners have been told of it. */
  get(): S;
  set(changes: Partial<S>): void;
  /** Says that what `derive` reads has changed; it runs at the next `get` or notification, once for many of these. */
  touch(): void;
  subscribe(listener: () => void): () => void;
}

/**
 * @param derive - builds the next state from the last one and from data that the store does not hold; must keep the identity
 * of what did not change, and return its argument when nothing did
 */
export function createStore<S extends object>(initial: S, derive: (state: S) => S): Store<S> {
  let state = initial;
  let isStale = false;
  let isScheduled = false;
  let announced = initial;
  const listeners = new Set<() => void>();

  function get(): S {
    if (isStale) {
      isStale = false;
      state = derive(state);
    }
    return state;
  }

  function announce(): void {
    isScheduled = false;
    if (get() === announced) return;
    announced = state;
    for (const listener of [...listeners]) listener();
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(announce);
  }

  return {
    get,
    set(changes) {
      state = { ...state, ...changes };
      schedule();
    },
    touch() {
      isStale = true;
      schedule();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
