/** Making an account: who may, and who becomes the admin. */
import { Types, mongo } from "mongoose";
import type { Config } from "../infra/config.js";
import type { Body } from "../protocol/endpoints/index.js";
import { ChatError } from "../protocol/errors.js";
import { refuseGuessable, type Passwords } from "./credentials/passwords.js";
import { toSearchName, USER_INDEXES, type StoredUser, type UserModel } from "./user-model.js";

export interface RegistrationDeps {
  users: UserModel;
  passwords: Passwords;
  config: Pick<Config, "registration">;
  now: () => number;
}

const CLOSED = {
  invite: "New accounts on this server need an invitation.",
  closed: "This server takes no new accounts.",
} as const;

const taken = () =>
  new ChatError("username_taken", "This username is taken.", {
    fields: [{ path: "username", message: "Is taken." }],
  });

/** The name of the unique index that a write ran into; null when it was something else. */
function clashOf(error: unknown): string | null {
  if (!(error instanceof mongo.MongoServerError) || error.code !== 11000) return null;
  return Object.values(USER_INDEXES).find((name) => error.message.includes(name)) ?? null;
}

/**
 * Makes the account maker.
 *
 * The very first account is always let in and is the admin. Of two that are made at the same moment one is first: a unique
 * index sees to it, and the other is judged like any later one.
 */
export function createRegistration({ users, passwords, config, now }: RegistrationDeps) {
  /** A registration whose answer was lost comes again with the same clientId and password: it gets its account. */
  async function isRepeat(user: StoredUser, clientId: string | null, password: string): Promise<boolean> {
    const isSame = clientId !== null && user.clientId === clientId;
    return isSame && (await passwords.verify(password, user.passwordHash));
  }

  const findByName = (username: string) => users.findOne({ username }).lean();

  async function insert(user: StoredUser, body: Body<"register">, clientId: string | null): Promise<StoredUser> {
    try {
      await users.create(user);
      return user;
    } catch (error) {
      const clash = clashOf(error);
      if (clash === USER_INDEXES.first) return await register(body, clientId);
      if (clash !== USER_INDEXES.username) throw error;
      const winner = await findByName(user.username);
      if (winner !== null && (await isRepeat(winner, clientId, body.password))) return winner;
      throw taken();
    }
  }

  /** @throws ChatError `forbidden`, `username_taken`, or `invalid_request` for a password that would be guessed at once */
  async function register(body: Body<"register">, clientId: string | null): Promise<StoredUser> {
    const isFirst = (await users.exists({})) === null;
    const { username, password, displayName = username, email = null } = body;
    if (!isFirst) {
      const known = await findByName(username);
      if (known !== null && (await isRepeat(known, clientId, password))) return known;
      if (config.registration !== "open") throw new ChatError("forbidden", CLOSED[config.registration]);
      if (known !== null) throw taken();
    }
    refuseGuessable(password, username, "password");
    const user: StoredUser = {
      _id: new Types.ObjectId().toHexString(),
      username,
      displayName,
      searchName: toSearchName(displayName),
      email,
      role: isFirst ? "admin" : "member",
      preferences: "{}",
      passwordHash: await passwords.hash(password),
      bot: false,
      createdAt: new Date(now()),
      ...(clientId === null ? {} : { clientId }),
      ...(isFirst ? { first: true as const } : {}),
    };
    return await insert(user, body, clientId);
  }

  return register;
}
