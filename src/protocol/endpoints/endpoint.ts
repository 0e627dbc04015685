/** The form of one REST call. */
import type { z } from "zod";
import type { ErrorCode } from "../errors.js";

/** `open`: nobody need be logged in; `token`: a bearer access token; `cookie`: the refresh cookie alone; `either` of these two. */
export type Access = "open" | "token" | "cookie" | "either";

export interface EndpointShape {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** below /api/v1, in Express' form */
  path: `/${string}`;
  summary: string;
  access: Access;
  query?: z.ZodType;
  body?: z.ZodType;
  /** by status; null is an answer without a body */
  answers: Partial<Record<200 | 201 | 204, z.ZodType | null>>;
  errors: readonly ErrorCode[];
}

/** Keeps the exact types of a call while checking its form. */
export const endpoint = <const E extends EndpointShape>(shape: E): E => shape;
