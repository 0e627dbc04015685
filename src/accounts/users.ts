/** Finding users: by id, and by the beginning of a name. */
import { trusted, type QueryFilter } from "mongoose";
import type { User } from "../protocol/shapes.js";
import { toSearchName, toUser, type StoredUser, type UserModel } from "./user-model.js";

const SEARCH_MS = 500;

export interface Users {
  /** Those that exist, in the order asked for, each once. */
  byIds: (ids: readonly string[]) => Promise<User[]>;
  exists: (id: string) => Promise<boolean>;
  /**
   * Users whose username or display name begins with the words; usernames come first. Everybody when there are no words.
   *
   * @throws a transient database error when it takes over half a second
   */
  search: (words: string, limit: number) => Promise<User[]>;
}

/** A pattern that an index can follow: anchored, case-sensitive, and without a meaning of its own. */
function beginsWith(words: string) {
  return trusted({ $regex: `^${words.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)}` });
}

/** The users that anybody may see. */
export function createUsers(model: UserModel): Users {
  const find = (filter: QueryFilter<StoredUser>, by: "username" | "searchName", limit: number) =>
    model.find(filter).sort(by).limit(limit).maxTimeMS(SEARCH_MS).lean();

  return {
    byIds: async (ids) => {
      const wanted = [...new Set(ids)];
      if (wanted.length === 0) return [];
      const found = await model.find({ _id: trusted({ $in: wanted }) }).lean();
      const byId = new Map(found.map((user) => [user._id, user]));
      return wanted.flatMap((id) => byId.get(id) ?? []).map(toUser);
    },

    exists: async (id) => (await model.exists({ _id: id })) !== null,

    search: async (words, limit) => {
      if (words === "") return (await find({}, "username", limit)).map(toUser);
      const [byUsername, byName] = await Promise.all([
        find({ username: beginsWith(words.toLowerCase()) }, "username", limit),
        find({ searchName: beginsWith(toSearchName(words)) }, "searchName", limit),
      ]);
      const unique = new Map([...byUsername, ...byName].map((user) => [user._id, user]));
      return [...unique.values()].slice(0, limit).map(toUser);
    },
  };
}
