/** Accounts: users, their sessions, and the calls about them. The only door of this folder, but for the server's keys. */
import type { IncomingMessage } from "node:http";
import type { Connection } from "mongoose";
import type { Config } from "../infra/config.js";
import type { Logger } from "../infra/logger.js";
import { isHttps } from "../http/origin.js";
import type { User } from "../protocol/shapes.js";
import { createActions } from "./actions.js";
import { createPasswords } from "./credentials/passwords.js";
import { createRefreshCookie } from "./credentials/refresh-cookie.js";
import type { Keys } from "./credentials/secret.js";
import { createTokens, type AccessClaims } from "./credentials/tokens.js";
import { createEndedSessionModel, type EndedSessionModel } from "./ended-sessions.js";
import { createRegistration } from "./registration.js";
import { createAccountsHandlers, type AccountsHandlers } from "./routes.js";
import { createSessionModel, type SessionModel } from "./session-model.js";
import { createSessions, SESSION_MS } from "./sessions.js";
import { createUserModel, type UserModel } from "./user-model.js";
import { createUsers, type Users } from "./users.js";

export interface AccountsDeps {
  connection: Connection;
  config: Pick<Config, "bcryptCost" | "publicUrl" | "registration">;
  log: Logger;
  keys: Pick<Keys, "access" | "refresh">;
  /** milliseconds since 1970 */
  now?: () => number;
  /** ends the session's sockets */
  onSessionEnded: (ended: { userId: string; sessionId: string }) => void;
  /** tells those who share a room */
  onUserChanged: (user: User) => void;
}

export interface Accounts {
  /** for their indexes */
  models: readonly [UserModel, SessionModel, EndedSessionModel];
  handlers: AccountsHandlers;
  /**
   * Who an access token stands for, if its session still lives. A session that ended here is refused at once, one that
   * ended elsewhere within 30 seconds.
   *
   * @throws ChatError `unauthenticated` or `token_expired`; a database error when it cannot be told
   */
  authenticate: (token: string) => Promise<AccessClaims>;
  /** The session of the refresh cookie, as far as the cookie is genuine; the database is not asked. */
  cookieSession: (request: IncomingMessage) => string | null;
  users: Pick<Users, "byIds" | "exists">;
  /** Hears, from now on, of sessions that another process ends. */
  watchEndedSessions: () => void;
  /** Waits for what is still being written. */
  close: () => Promise<void>;
}

/** The accounts of one server. */
export function createAccounts(deps: AccountsDeps): Accounts {
  const { connection, config, log, keys, now = Date.now, onSessionEnded, onUserChanged } = deps;
  const userModel = createUserModel(connection);
  const sessionModel = createSessionModel(connection);
  const endedModel = createEndedSessionModel(connection);
  const passwords = createPasswords(config.bcryptCost);
  const tokens = createTokens(keys, now);
  const cookie = createRefreshCookie(isHttps(config), SESSION_MS);
  const sessions = createSessions({ model: sessionModel, ended: endedModel, log, now, onSessionEnded });
  const users = createUsers(userModel);
  const register = createRegistration({ users: userModel, passwords, config, now });
  const actions = createActions({ users: userModel, sessions, passwords, register, onUserChanged });

  return {
    models: [userModel, sessionModel, endedModel],
    handlers: createAccountsHandlers({ actions, users, tokens, cookie }),
    authenticate: async (token) => {
      const claims = tokens.verifyAccess(token);
      await sessions.check(claims);
      return claims;
    },
    cookieSession: (request) => {
      const token = cookie.read(request);
      return token === null ? null : (tokens.verifyRefresh(token)?.sessionId ?? null);
    },
    users,
    watchEndedSessions: sessions.watch,
    close: () => sessions.close(),
  };
}
