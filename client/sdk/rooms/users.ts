/** Names and pictures: whoever turns up and is not known is fetched, many in one call. */
import { LIMITS } from "../../../src/protocol/limits.js";
import type { User } from "../../../src/protocol/shapes.js";
import type { Call } from "../account/http.js";

export interface UsersDeps {
  call: Call;
  onChange(): void;
  /** A user became known, or is another than before. */
  onUser(user: User): void;
}

export type Users = ReturnType<typeof createUsers>;

const isSame = (a: User, b: User) =>
  a.username === b.username && a.displayName === b.displayName && a.avatarUrl === b.avatarUrl && a.bot === b.bot;

export function createUsers({ call, onChange, onUser }: UsersDeps) {
  let known: ReadonlyMap<string, User> = new Map();
  const wanted = new Set<string>();
  /** Asked for and not there: somebody who is gone. Not asked for again before the next connection. */
  const absent = new Set<string>();
  let isScheduled = false;
  let isFetching = false;
  let generation = 0;

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
    for (const user of news) onUser(user);
    onChange();
  }

  async function fetchWanted(): Promise<void> {
    isScheduled = false;
    if (isFetching) return;
    isFetching = true;
    const mine = generation;
    while (mine === generation) {
      const ids = [...wanted].filter((id) => !known.has(id) && !absent.has(id)).slice(0, LIMITS.usersByIdsMax);
      if (ids.length === 0) break;
      const users = await call("listUsers", { query: { ids: ids.join(",") } }).then(
        (answer) => answer.users,
        () => null,
      );
      // No answer: they stay wanted until the next time that somebody is.
      if (users === null || mine !== generation) break;
      for (const id of ids) {
        wanted.delete(id);
        if (!users.some((user) => user.id === id)) absent.add(id);
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

  return {
    all: () => known,
    get: (userId: string) => known.get(userId),
    put,
    /** Fetches those of them that are not known. */
    need(userIds: Iterable<string>): void {
      const before = wanted.size;
      for (const id of userIds) if (!known.has(id) && !absent.has(id)) wanted.add(id);
      if (wanted.size > before) fetchSoon();
    },
    /** Asks again for those whom no answer came for. */
    retry(): void {
      absent.clear();
      if (wanted.size > 0) fetchSoon();
    },
    clear(): void {
      generation += 1;
      known = new Map();
      wanted.clear();
      absent.clear();
      onChange();
    },
  };
}
