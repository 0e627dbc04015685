/**
 * The people of an import: an account for each nick, to which nobody can log in. An account keeps the nick it was made for, so
 * that later files and a second run find it again.
 */
import { mongo, trusted } from "mongoose";
import { hashOfNoPassword } from "../../accounts/credentials/passwords.js";
import { toSearchName, type StoredUser, type UserModel } from "../../accounts/user-model.js";
import { foldNick, toDisplayName, toUsername } from "./names.js";

export interface Cast {
  /** null: nobody of that nick was imported so far */
  find(nick: string): string | null;
  /** Makes the accounts that are missing, in the order in which they are named. */
  add(people: readonly { nick: string; since: number }[]): Promise<void>;
  /** The user's id. @throws Error for a nick that was not added */
  idOf(nick: string): string;
  nickOf(userId: string): string | null;
  /** accounts of all imports so far */
  size(): number;
}

const ORIGIN = "irc:";
/** The first text that does not begin so, whatever characters a nick has. */
const BEHIND_ORIGIN = "irc;";

export async function openCast(users: UserModel, bcryptCost: number): Promise<Cast> {
  const ids = new Map<string, string>();
  const nicks = new Map<string, string>();
  const taken = new Set<string>();
  const passwordHash = hashOfNoPassword(bcryptCost);

  function keep(userId: string, nick: string): void {
    ids.set(nick, userId);
    nicks.set(userId, nick);
  }

  const imported = { imported: trusted({ $gte: ORIGIN, $lt: BEHIND_ORIGIN }) };
  for (const { _id, imported: origin } of await users.find(imported).select(["imported"]).lean())
    if (origin !== undefined) keep(_id, origin.slice(ORIGIN.length));
  for await (const { username } of users.find().select(["username"]).lean().cursor()) taken.add(username);

  function accountOf(nick: string, since: number): StoredUser {
    const username = toUsername(nick, (name) => taken.has(name));
    taken.add(username);
    const displayName = toDisplayName(nick, username);
    return {
      _id: new mongo.ObjectId().toHexString(),
      username,
      displayName,
      searchName: toSearchName(displayName),
      email: null,
      role: "member",
      preferences: "{}",
      passwordHash,
      bot: false,
      createdAt: new Date(since),
      imported: `${ORIGIN}${foldNick(nick)}`,
    };
  }

  return {
    find: (nick) => ids.get(foldNick(nick)) ?? null,
    nickOf: (userId) => nicks.get(userId) ?? null,
    size: () => ids.size,
    idOf(nick) {
      const id = ids.get(foldNick(nick));
      if (id === undefined) throw new Error(`${nick} has no account.`);
      return id;
    },
    async add(people) {
      const accounts = new Map<string, StoredUser>();
      for (const { nick, since } of people) {
        const folded = foldNick(nick);
        if (!ids.has(folded) && !accounts.has(folded)) accounts.set(folded, accountOf(nick, since));
      }
      // In order: after an interruption those that are there are the first ones, and the rest gets the same names as before.
      await users.insertMany([...accounts.values()], { ordered: true });
      for (const [nick, { _id }] of accounts) keep(_id, nick);
    },
  };
}
