/** Accounts, sessions and users. */
import { z } from "zod";
import { LIMITS } from "../limits.js";
import {
  displayName,
  email,
  id,
  limitText,
  loginText,
  newPassword,
  preferences,
  queryText,
  username,
} from "../scalars.js";
import { meSchema, sessionSchema, userSchema } from "../shapes.js";
import { endpoint } from "./endpoint.js";

const signedIn = z.object({ user: meSchema, accessToken: z.string(), expiresInMs: z.int() });
const usersAnswer = z.object({ users: z.array(userSchema) });

/** `?ids=a,b` and `?ids=a&ids=b` are the same list. */
const idsText = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]).flatMap((part) => part.split(",")).filter(Boolean))
  .pipe(
    z
      .array(id)
      .min(1, "Must name at least one id.")
      .max(LIMITS.usersByIdsMax, `Must name at most ${LIMITS.usersByIdsMax} ids.`),
  );

export const accountsEndpoints = {
  register: endpoint({
    method: "POST",
    path: "/auth/register",
    tag: "Logging in",
    summary: "Make an account and log in with it",
    description:
      "Upper case in `username` is taken and stored lower. A very common password is refused (`invalid_request`). The very first account of a server becomes its admin and is let in whatever the server's `registration` says. Repeated with the same `Idempotency-Key` and the same password, it answers the same account again.",
    access: "open",
    body: z.strictObject({
      username,
      password: newPassword,
      displayName: displayName.optional(),
      email: email.optional(),
    }),
    answers: { 201: signedIn },
    errors: ["invalid_request", "forbidden", "username_taken", "rate_limited"],
  }),
  login: endpoint({
    method: "POST",
    path: "/auth/login",
    tag: "Logging in",
    summary: "Log in",
    description:
      "A wrong name and a wrong password get one and the same answer. The refresh cookie comes with the answer; it is out of reach of scripts and sent to `/api/v1/auth` alone.",
    access: "open",
    body: z.strictObject({ username: loginText, password: loginText }),
    answers: { 200: signedIn },
    errors: ["invalid_request", "invalid_credentials", "rate_limited"],
  }),
  refresh: endpoint({
    method: "POST",
    path: "/auth/refresh",
    tag: "Logging in",
    summary: "Get a new access token for the session of the cookie",
    description:
      "Takes no body: a browser sends the cookie by itself. Each refresh replaces the cookie. A replaced token gets the same successor again until that one has been used, so an answer lost on the way and two tabs at once do no harm; any older one ends the session.",
    access: "cookie",
    answers: { 200: signedIn },
    errors: ["unauthenticated", "forbidden", "rate_limited"],
  }),
  logout: endpoint({
    method: "POST",
    path: "/auth/logout",
    tag: "Logging in",
    summary: "End this session, its tokens and sockets",
    description: "Takes the access token or the cookie, whichever is there, and clears the cookie.",
    access: "either",
    answers: { 204: null },
    errors: ["unauthenticated", "forbidden"],
  }),
  listSessions: endpoint({
    method: "GET",
    path: "/me/sessions",
    tag: "Your account",
    summary: "Where one is logged in",
    access: "token",
    answers: { 200: z.object({ sessions: z.array(sessionSchema) }) },
    errors: [],
  }),
  endSession: endpoint({
    method: "DELETE",
    path: "/me/sessions/:sessionId",
    tag: "Your account",
    summary: "End one of one's own sessions",
    description: "Its tokens are of no use from then on, and its sockets are ended.",
    access: "token",
    answers: { 204: null },
    errors: ["not_found"],
  }),
  getMe: endpoint({
    method: "GET",
    path: "/me",
    tag: "Your account",
    summary: "One's own account",
    access: "token",
    answers: { 200: meSchema },
    errors: [],
  }),
  updateMe: endpoint({
    method: "PATCH",
    path: "/me",
    tag: "Your account",
    summary: "Change one's name, e-mail address (null takes it away) or preferences (replaced as a whole)",
    description:
      "What is left out stays as it is. `email: null` takes the address away; `preferences` are replaced as a whole.",
    access: "token",
    body: z.strictObject({
      displayName: displayName.optional(),
      email: email.nullable().optional(),
      preferences: preferences.optional(),
    }),
    answers: { 200: meSchema },
    errors: ["invalid_request"],
  }),
  changePassword: endpoint({
    method: "POST",
    path: "/me/password",
    tag: "Your account",
    summary: "Change the password; every other session ends",
    description: "A wrong `current` is `invalid_credentials`.",
    access: "token",
    body: z.strictObject({ current: loginText, next: newPassword }),
    answers: { 204: null },
    errors: ["invalid_request", "invalid_credentials", "rate_limited"],
  }),
  listUsers: endpoint({
    method: "GET",
    path: "/users",
    tag: "Users",
    summary: "Find users by the beginning of a name, or by their ids",
    description:
      "With `ids` the users in question, unknown ids left out; otherwise those whose username or display name begins with `query`. Give `query` or `ids`, not both.",
    access: "token",
    query: z
      .strictObject({
        query: queryText.optional().describe("The beginning of a username or display name."),
        limit: limitText,
        ids: idsText.optional().describe("Ids, with commas between."),
      })
      .refine((value) => value.query === undefined || value.ids === undefined, "Give query or ids, not both."),
    answers: { 200: usersAnswer },
    errors: ["invalid_request"],
  }),
  getUser: endpoint({
    method: "GET",
    path: "/users/:userId",
    tag: "Users",
    summary: "One user",
    access: "token",
    answers: { 200: userSchema },
    errors: ["not_found"],
  }),
} as const;
