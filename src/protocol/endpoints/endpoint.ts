/** The form of one REST call. */
import type { z } from "zod";
import type { ErrorCode } from "../errors.js";

/** `open`: nobody need be logged in; `token`: a bearer access token; `cookie`: the refresh cookie alone; `either` of these two. */
export type Access = "open" | "token" | "cookie" | "either";

/** The group under which the API's documents show a call. */
export type Tag = "Logging in" | "Your account" | "Users" | "Rooms" | "Members" | "Messages" | "Server";

export interface EndpointShape {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** below /api/v1, in Express' form */
  path: `/${string}`;
  tag: Tag;
  summary: string;
  /** what the summary leaves out: Markdown, for the API's documents */
  description?: string;
  access: Access;
  query?: z.ZodType;
  body?: z.ZodType;
  /** by status; null is an answer without a body */
  answers: Partial<Record<200 | 201 | 204, z.ZodType | null>>;
  errors: readonly ErrorCode[];
}

/** Keeps the exact types of a call while checking its form. */
export const endpoint = <const E extends EndpointShape>(shape: E): E => shape;

type NamesIn<P extends string> = P extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Name | NamesIn<`/${Tail}`>
    : Rest
  : never;

/** The names of what stands in a call's path, as `roomId` in `/rooms/:roomId`. */
export type ParamNames<E extends { path: string }> = NamesIn<E["path"]>;
