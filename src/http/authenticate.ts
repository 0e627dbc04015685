/** Who calls: the bearer token of a request, and what becomes of a call without a good one. */
import type { IncomingMessage } from "node:http";
import type { EndpointShape } from "../protocol/endpoints/endpoint.js";
import { ChatError } from "../protocol/errors.js";
import type { Caller } from "./route.js";

/** Rejects with `unauthenticated` or `token_expired`. */
export type Authenticate = (token: string) => Promise<Caller>;

interface Identity {
  caller: Caller | null;
  /** why the call is refused, once it has been counted */
  refusal: ChatError | null;
}

/** What stands after `Authorization: Bearer`; null when there is no such header. */
function bearerToken(request: IncomingMessage): string | null {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
}

/** Whether a refusal means only that the token is of no use. */
function isTokenRefused(error: unknown): error is ChatError {
  return error instanceof ChatError && (error.code === "unauthenticated" || error.code === "token_expired");
}

/**
 * Finds out who calls.
 *
 * @param hasCookie - whether a genuine refresh cookie came along: a call that takes either may go on without a token
 */
export async function identify(
  request: IncomingMessage,
  access: EndpointShape["access"],
  authenticate: Authenticate,
  hasCookie: boolean,
): Promise<Identity> {
  if (access === "open" || access === "cookie") return { caller: null, refusal: null };
  const token = bearerToken(request);
  try {
    if (token === null) throw new ChatError("unauthenticated", "Log in first: this call wants an access token.");
    return { caller: await authenticate(token), refusal: null };
  } catch (error) {
    if (!isTokenRefused(error)) throw error;
    return { caller: null, refusal: access === "either" && hasCookie ? null : error };
  }
}
