/** The calls of accounts and users: HTTP in, actions, HTTP out. */
import type { Request } from "express";
import { noteOf } from "../http/notes.js";
import type { Call, Handlers } from "../http/route.js";
import { ChatError } from "../protocol/errors.js";
import type { Actions, SignedIn } from "./actions.js";
import type { RefreshCookie } from "./credentials/refresh-cookie.js";
import { ACCESS_TOKEN_MS, type RefreshClaims, type Tokens } from "./credentials/tokens.js";
import { toMe } from "./user-model.js";
import type { Users } from "./users.js";

export interface RoutesDeps {
  actions: Actions;
  users: Users;
  tokens: Tokens;
  cookie: RefreshCookie;
}

export type AccountsHandlers = Pick<
  Handlers,
  | "register"
  | "login"
  | "refresh"
  | "logout"
  | "listSessions"
  | "endSession"
  | "getMe"
  | "updateMe"
  | "changePassword"
  | "listUsers"
  | "getUser"
>;

const userAgentOf = (request: Request) => request.get("User-Agent") ?? "";

/** The handlers of accounts and users. */
export function createAccountsHandlers({ actions, users, tokens, cookie }: RoutesDeps): AccountsHandlers {
  function presentedToken(request: Request): RefreshClaims | null {
    const token = cookie.read(request);
    return token === null ? null : tokens.verifyRefresh(token);
  }

  /** Gives the session's tokens: one in the body, the other in the cookie. */
  function signIn({ request, response }: Pick<Call<"login">, "request" | "response">, { user, session }: SignedIn) {
    noteOf(request).userId = user._id;
    const refreshToken = tokens.signRefresh({ sessionId: session._id, generation: session.generation });
    response.append("Set-Cookie", cookie.carry(refreshToken));
    return {
      user: toMe(user),
      accessToken: tokens.signAccess(user._id, session._id),
      expiresInMs: ACCESS_TOKEN_MS,
    };
  }

  return {
    register: async (call) => {
      const signedIn = await actions.register(call.body, call.clientId, userAgentOf(call.request));
      return { status: 201, body: signIn(call, signedIn) };
    },

    login: async (call) => {
      const signedIn = await actions.login(call.body, userAgentOf(call.request));
      return { status: 200, body: signIn(call, signedIn) };
    },

    refresh: async (call) => {
      const presented = presentedToken(call.request);
      if (presented === null) throw new ChatError("unauthenticated", "Log in first: there is no session to renew.");
      return { status: 200, body: signIn(call, await actions.refresh(presented)) };
    },

    logout: async ({ caller, request, response }) => {
      await actions.logout(caller, presentedToken(request));
      response.append("Set-Cookie", cookie.clear());
      return { status: 204 };
    },

    listSessions: async ({ caller }) => ({ status: 200, body: { sessions: await actions.listSessions(caller) } }),

    endSession: async ({ caller, params, response }) => {
      await actions.endSession(caller.userId, params.sessionId);
      if (params.sessionId === caller.sessionId) response.append("Set-Cookie", cookie.clear());
      return { status: 204 };
    },

    getMe: async ({ caller }) => ({ status: 200, body: await actions.getMe(caller.userId) }),

    updateMe: async ({ caller, body }) => ({ status: 200, body: await actions.updateMe(caller.userId, body) }),

    changePassword: async ({ caller, body }) => {
      await actions.changePassword(caller, body);
      return { status: 204 };
    },

    listUsers: async ({ query: { query = "", ids, limit } }) => ({
      status: 200,
      body: { users: ids === undefined ? await users.search(query, limit) : await users.byIds(ids) },
    }),

    getUser: async ({ params }) => {
      const [user] = await users.byIds([params.userId]);
      if (user === undefined) throw new ChatError("not_found", "There is no such user.");
      return { status: 200, body: user };
    },
  };
}
