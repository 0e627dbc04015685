/** What the client takes from its surroundings, as arguments; in-process ones are the default (Node, tests). */
import type { Connect } from "./connection/socket.js";

/** A small asynchronous key-value store. Holds whether somebody logged in here before; what one logs out of is deleted. */
export interface ClientStorage {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Mutual exclusion by name, over all tabs where there are any (the part of Web Locks that is needed). */
export interface ClientLock {
  run<T>(name: string, task: () => Promise<T>): Promise<T>;
}

export type NetworkSignal = "online" | "offline" | "visible";

/** Hints from the surroundings that a connection may have been lost, or may be had again. */
export interface ClientNetwork {
  subscribe(listener: (signal: NetworkSignal) => void): () => void;
}

export interface Timers {
  /** Runs `task` once after `ms`. The returned function calls it off. */
  after(ms: number, task: () => void): () => void;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ChatClientOptions {
  /** the server's origin, without a slash at the end; empty: the page's own */
  url: string;
  storage?: ClientStorage;
  lock?: ClientLock;
  network?: ClientNetwork;
  /** milliseconds since 1970 */
  now?: () => number;
  timers?: Timers;
  /** must keep cookies: a browser's does, Node's needs `node/cookie-fetch` */
  fetch?: Fetch;
  /** @internal the package does not offer it: Socket.IO is what the server speaks */
  connect?: Connect;
  /** 0 to 1, for the spread of retries */
  random?: () => number;
  newClientId?: () => string;
}

/** Every option filled in. */
export type Surroundings = Required<ChatClientOptions>;

/** Remembers until the process ends. */
export function createMemoryStorage(): ClientStorage {
  const values = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(values.get(key) ?? null),
    set: (key, value) => Promise.resolve(void values.set(key, value)),
    delete: (key) => Promise.resolve(void values.delete(key)),
  };
}

/** Keeps tasks of one name apart within this process only. */
export function createProcessLock(): ClientLock {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(name, task) {
      const before = tails.get(name) ?? Promise.resolve();
      const result = before.then(task, task);
      const tail = result.catch(() => undefined);
      tails.set(name, tail);
      // Nobody waits behind it any more: forget the name. `tail` never rejects.
      void tail.then(() => tails.get(name) === tail && tails.delete(name));
      return result;
    },
  };
}

/** Never says anything: retries alone decide. */
export const quietNetwork: ClientNetwork = { subscribe: () => () => undefined };

export const systemTimers: Timers = {
  after(ms, task) {
    const handle = setTimeout(task, ms);
    return () => clearTimeout(handle);
  },
};
