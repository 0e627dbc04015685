/** What people do with their account: log in, renew, log out, look after their sessions, name and password. */
import type { Body } from "../protocol/endpoints/index.js";
import { ChatError } from "../protocol/errors.js";
import type { Me, Session, User } from "../protocol/shapes.js";
import { refuseGuessable, type Passwords } from "./credentials/passwords.js";
import type { RefreshClaims } from "./credentials/tokens.js";
import type { Sessions } from "./sessions.js";
import type { StoredSession } from "./session-model.js";
import { toMe, toSearchName, toUser, type StoredUser, type UserModel } from "./user-model.js";

export interface ActionsDeps {
  users: UserModel;
  sessions: Sessions;
  passwords: Passwords;
  register: (body: Body<"register">, clientId: string | null) => Promise<StoredUser>;
  /** after a display name changed */
  onUserChanged: (user: User) => void;
}

/** Who is logged in, and through which session. */
export interface SignedIn {
  user: StoredUser;
  session: StoredSession;
}

interface Own {
  userId: string;
  sessionId: string;
}

/** One answer for a wrong name and a wrong password. */
const wrong = (detail: string) => new ChatError("invalid_credentials", detail);

const DEACTIVATED = "This account was deactivated. Ask whoever runs this server.";

/** The account is gone while its token is still good. */
const gone = () => new ChatError("unauthenticated", "This account is no longer there.");

export type Actions = ReturnType<typeof createActions>;

/** The actions behind the calls of accounts; cookies, headers and tokens are `routes.ts`. */
export function createActions({ users, sessions, passwords, register, onUserChanged }: ActionsDeps) {
  async function findUser(userId: string): Promise<StoredUser> {
    const user = await users.findById(userId).lean();
    if (user === null) throw gone();
    return user;
  }

  /**
   * Begins a session for who has just shown the right password.
   *
   * @param refuse - makes the error of the call in question
   */
  async function signIn(user: StoredUser, userAgent: string, refuse: (detail: string) => ChatError): Promise<SignedIn> {
    // Said only after the right password, so that nobody else learns of it.
    if (user.deactivatedAt !== undefined) throw refuse(DEACTIVATED);
    const session = await sessions.begin(user._id, userAgent);
    // A password changed or a deactivation meanwhile ended every session there was, but not this one.
    if ((await users.exists({ _id: user._id, passwordHash: user.passwordHash, deactivatedAt: null })) === null) {
      await sessions.end(user._id, session._id);
      throw refuse("Wrong username or password.");
    }
    return { user, session };
  }

  return {
    async register(body: Body<"register">, clientId: string | null, userAgent: string): Promise<SignedIn> {
      const user = await register(body, clientId);
      // A repeat finds its account, which may have been deactivated since.
      return await signIn(user, userAgent, (detail) => new ChatError("forbidden", detail));
    },

    async login({ username, password }: Body<"login">, userAgent: string): Promise<SignedIn> {
      const user = await users.findOne({ username: username.toLowerCase() }).lean();
      const isRight = await passwords.verify(password, user?.passwordHash ?? null);
      if (user === null || !isRight) throw wrong("Wrong username or password.");
      return await signIn(user, userAgent, wrong);
    },

    async refresh(presented: RefreshClaims): Promise<SignedIn> {
      const session = await sessions.renew(presented);
      return { user: await findUser(session.userId), session };
    },

    /** Ends the caller's session and that of the cookie, which are the same one in a browser. */
    async logout(own: Own | null, presented: RefreshClaims | null): Promise<void> {
      if (own === null && presented === null) throw new ChatError("unauthenticated", "Nobody is logged in here.");
      if (own !== null) await sessions.end(own.userId, own.sessionId);
      if (presented !== null) await sessions.endByToken(presented.sessionId);
    },

    async listSessions({ userId, sessionId }: Own): Promise<Session[]> {
      return (await sessions.list(userId)).map((session) => ({
        id: session._id,
        createdAt: session.createdAt.toISOString(),
        lastUsedAt: session.lastUsedAt.toISOString(),
        userAgent: session.userAgent,
        current: session._id === sessionId,
      }));
    },

    /** @throws ChatError `not_found` when it is not a session of that user */
    async endSession(userId: string, sessionId: string): Promise<void> {
      const isEnded = await sessions.end(userId, sessionId);
      if (!isEnded) throw new ChatError("not_found", "There is no such session of yours.");
    },

    async getMe(userId: string): Promise<Me> {
      return toMe(await findUser(userId));
    },

    /** Changes what is named and leaves the rest. */
    async updateMe(userId: string, { displayName, email, preferences }: Body<"updateMe">): Promise<Me> {
      const changes = {
        ...(displayName === undefined ? {} : { displayName, searchName: toSearchName(displayName) }),
        ...(email === undefined ? {} : { email }),
        ...(preferences === undefined ? {} : { preferences: JSON.stringify(preferences) }),
      };
      const before = await users.findOneAndUpdate({ _id: userId }, { $set: changes }).lean();
      if (before === null) throw gone();
      const user = { ...before, ...changes };
      if (user.displayName !== before.displayName) onUserChanged(toUser(user));
      return toMe(user);
    },

    /**
     * Changes the password and ends every other session.
     *
     * @throws ChatError `invalid_credentials` when `current` is wrong, `invalid_request` for a guessable new one
     */
    async changePassword({ userId, sessionId }: Own, { current, next }: Body<"changePassword">): Promise<void> {
      const user = await findUser(userId);
      if (!(await passwords.verify(current, user.passwordHash))) throw wrong("The current password is wrong.");
      refuseGuessable(next, user.username, "next");
      const passwordHash = await passwords.hash(next);
      // Only if it is still the one that was compared: of two changes at once the second has the wrong `current`.
      const changed = await users.updateOne(
        { _id: userId, passwordHash: user.passwordHash },
        { $set: { passwordHash } },
      );
      if (changed.matchedCount === 0) throw wrong("The current password is wrong.");
      await sessions.endOthers(userId, sessionId);
    },
  };
}
