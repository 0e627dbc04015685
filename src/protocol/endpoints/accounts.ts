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
    summary: "Make an account and log in with it",
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
    summary: "Log in",
    access: "open",
    body: z.strictObject({ username: loginText, password: loginText }),
    answers: { 200: signedIn },
    errors: ["invalid_request", "invalid_credentials", "rate_limited"],
  }),
  refresh: endpoint({
    method: "POST",
    path: "/auth/refresh",
    summary: "Get a new access token for the session of the cookie",
    access: "cookie",
    answers: { 200: signedIn },
    errors: ["unauthenticated", "forbidden", "rate_limited"],
  }),
  logout: endpoint({
    method: "POST",
    path: "/auth/logout",
    summary: "End this session, its tokens and sockets",
    access: "either",
    answers: { 204: null },
    errors: ["unauthenticated", "forbidden"],
  }),
  listSessions: endpoint({
    method: "GET",
    path: "/me/sessions",
    summary: "Where one is logged in",
    access: "token",
    answers: { 200: z.object({ sessions: z.array(sessionSchema) }) },
    errors: [],
  }),
  endSession: endpoint({
    method: "DELETE",
    path: "/me/sessions/:sessionId",
    summary: "End one of one's own sessions",
    access: "token",
    answers: { 204: null },
    errors: ["not_found"],
  }),
  getMe: endpoint({
    method: "GET",
    path: "/me",
    summary: "One's own account",
    access: "token",
    answers: { 200: meSchema },
    errors: [],
  }),
  updateMe: endpoint({
    method: "PATCH",
    path: "/me",
    summary: "Change one's name, e-mail address (null takes it away) or preferences (replaced as a whole)",
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
    summary: "Change the password; every other session ends",
    access: "token",
    body: z.strictObject({ current: loginText, next: newPassword }),
    answers: { 204: null },
    errors: ["invalid_request", "invalid_credentials", "rate_limited"],
  }),
  listUsers: endpoint({
    method: "GET",
    path: "/users",
    summary: "Find users by the beginning of a name, or by their ids",
    access: "token",
    query: z
      .strictObject({ query: queryText.optional(), limit: limitText, ids: idsText.optional() })
      .refine((value) => value.query === undefined || value.ids === undefined, "Give query or ids, not both."),
    answers: { 200: usersAnswer },
    errors: ["invalid_request"],
  }),
  getUser: endpoint({
    method: "GET",
    path: "/users/:userId",
    summary: "One user",
    access: "token",
    answers: { 200: userSchema },
    errors: ["not_found"],
  }),
} as const;
