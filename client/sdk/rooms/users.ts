/** Names and pictures: whoever turns up and is not known is fetched, many in one call. */
import { ChatError } from "../../../src/protocol/errors.js";
import { LIMITS } from "../../../src/protocol/limits.js";
import type { User } from "../../../src/protocol/shapes.js";
import type { Call } from "../account/http.js";
import type { Surroundings } from "../options.js";

/** A server that comes back is asked by all its clients: these calls are spread over this time, and are no more than so many. */
const REFRESH_AFTER_MS = 1_000;
const REFRESH_SPREAD_MS = 15_000;
const REFRESH_CALLS_MAX = 3;

export interface UsersDeps {
  surroundings: Pick<Surroundings, "timers" | "random">;
  call: Call;
  onChange(): void;
  /** A user became known, or is another than before. */
  onUser(user: User): void;
  /** Whose names are on show, the most wanted first. */
  shown(): Iterable<string>;
}

export type Users = ReturnType<typeof createUsers>;

interface Waiter {
  resolve(user: User): void;
  reject(error: ChatError): void;
}

const isSame = (a: User, b: User) =>
  a.username === b.username && a.displayName === b.displayName && a.avatarUrl === b.avatarUrl && a.bot === b.bot;

export function createUsers({ surroundings: { timers, random }, call, onChange, onUser, shown }: UsersDeps) {
  let known: ReadonlyMap<string, User> = new Map();
  const wanted = new Set<string>();
  /** Asked for and not there: somebody who is gone. Not asked for again before the next connection. */
  const absent = new Set<string>();
  /** Who waits for somebody to become known. */
  const waiters = new Map<string, Waiter[]>();
  let isScheduled = false;
  let isFetching = false;
  let generation = 0;
  let hasBeenConnected = false;
  let cancelRefresh = () => {};

  function put(users: readonly User[]): void {
    const news = users.filter((user) => {
      const before = known.get(user.id);
      return before === undefined || !isSame(before, user);
    });
    if (news.length === 0) return;
    const next = new Map(known);
    for (const { id, username, displayName, avatarUrl, bot, createdAt } of news) {
      next.set(id, { id, username, displayName, avatarUrl, bot, createdAt });
    }
    known = next;
    for (const user of news) {
      for (const { resolve } of waitersOf(user.id)) resolve(user);
      onUser(user);
    }
    onChange();
  }

  function waitersOf(userId: string): Waiter[] {
    const waiting = waiters.get(userId) ?? [];
    waiters.delete(userId);
    return waiting;
  }

  function isGone(userId: string): void {
    absent.add(userId);
    for (const { reject } of waitersOf(userId)) reject(new ChatError("not_found", "There is no such user."));
  }

  async function fetchWanted(): Promise<void> {
    isScheduled = false;
    if (isFetching) return;
    isFetching = true;
    const mine = generation;
    while (mine === generation) {
      const ids = [...wanted].filter((id) => !known.has(id) && !absent.has(id)).slice(0, LIMITS.usersByIdsMax);
      if (ids.length === 0) break;
      const users = await fetchUsers(ids);
      // No answer: they stay wanted until the next time that somebody is.
      if (users === null || mine !== generation) break;
      for (const id of ids) {
        wanted.delete(id);
        if (!users.some((user) => user.id === id)) isGone(id);
      }
      put(users);
    }
    isFetching = false;
  }

  function fetchSoon(): void {
    if (isScheduled) return;
    isScheduled = true;
    // Everything that one packet needs goes into one call. Nothing in it rejects.
    queueMicrotask(() => void fetchWanted());
  }

  /** Asks anew for those who are known: what happened to them while the connection was lost was told to nobody here. */
  async function refresh(): Promise<void> {
    const mine = generation;
    const ids = [...new Set([...shown(), ...known.keys()])].filter((id) => known.has(id));
    for (let chunk = 0; chunk < REFRESH_CALLS_MAX; chunk += 1) {
      const some = ids.slice(chunk * LIMITS.usersByIdsMax, (chunk + 1) * LIMITS.usersByIdsMax);
      if (some.length === 0) return;
      const asked = known;
      const users = await fetchUsers(some);
      // No answer: the connection is lost again, most likely, and after the next one they are asked for again.
      if (users === null || mine !== generation) return;
      // What was pushed meanwhile may be newer than the answer.
      put(users.filter(({ id }) => known.get(id) === asked.get(id)));
    }
  }

  /** Null when no answer came. */
  const fetchUsers = (ids: readonly string[]): Promise<User[] | null> =>
    call("listUsers", { query: { ids: ids.join(",") } }).then(
      (answer) => answer.users,
      () => null,
    );

  return {
    all: () => known,
    get: (userId: string) => known.get(userId),
    put,
    /**
     * Somebody, fetched where they are not known; without an answer that goes on with the next connection.
     *
     * @throws ChatError `not_found` when there is no such user, `unauthenticated` when nobody is logged in any more
     */
    async whenKnown(userId: string): Promise<User> {
      const user = known.get(userId);
      if (user !== undefined) return user;
      return await new Promise<User>((resolve, reject) => {
        waiters.set(userId, [...(waiters.get(userId) ?? []), { resolve, reject }]);
        absent.delete(userId);
        wanted.add(userId);
        fetchSoon();
      });
    },
    /** Fetches those of them that are not known. */
    need(userIds: Iterable<string>): void {
      const before = wanted.size;
      for (const id of userIds) if (!known.has(id) && !absent.has(id)) wanted.add(id);
      if (wanted.size > before) fetchSoon();
    },
    /** There is a connection (again): asks for those whom no answer came for, and, in a while, for what changed meanwhile. */
    connected(): void {
      absent.clear();
      if (wanted.size > 0) fetchSoon();
      cancelRefresh();
      // Nothing in it rejects.
      if (hasBeenConnected) {
        cancelRefresh = timers.after(REFRESH_AFTER_MS + random() * REFRESH_SPREAD_MS, () => void refresh());
      }
      hasBeenConnected = true;
    },
    clear(): void {
      generation += 1;
      hasBeenConnected = false;
      cancelRefresh();
      known = new Map();
      wanted.clear();
      absent.clear();
      const nobody = new ChatError("unauthenticated", "Nobody is logged in any more.");
      for (const userId of [...waiters.keys()]) for (const { reject } of waitersOf(userId)) reject(nobody);
      onChange();
    },
  };
}
