/**
 * Every error code of the wire, its HTTP status, and what a client may do about it. Imports nothing: the client reads the
 * same table.
 *
 * `outcome` says what the code means for the attempt it answers [L7]:
 * - `final`: it was not carried out and repeating it as it is will not help;
 * - `refused`: this attempt was not carried out: wait, renew or log in, then repeat with the same clientId;
 * - `unknown`: it may or may not have been carried out: repeat with the same clientId.
 */
export const ERRORS = {
  invalid_request: { status: 400, title: "The request is not valid", outcome: "final" },
  unauthenticated: { status: 401, title: "Log in first", outcome: "refused" },
  token_expired: { status: 401, title: "The access token has run out", outcome: "refused" },
  invalid_credentials: { status: 401, title: "Wrong username or password", outcome: "final" },
  forbidden: { status: 403, title: "Not allowed", outcome: "final" },
  not_found: { status: 404, title: "Not found", outcome: "final" },
  conflict: { status: 409, title: "Conflict", outcome: "final" },
  username_taken: { status: 409, title: "The username is taken", outcome: "final" },
  client_id_reused: { status: 409, title: "The clientId was used for something else", outcome: "final" },
  payload_too_large: { status: 413, title: "Too large", outcome: "final" },
  rate_limited: { status: 429, title: "Too many requests", outcome: "refused" },
  unavailable: { status: 503, title: "Not available right now", outcome: "unknown" },
  internal: { status: 500, title: "Something went wrong on the server", outcome: "unknown" },
} as const satisfies Record<string, { status: number; title: string; outcome: "final" | "refused" | "unknown" }>;

export type ErrorCode = keyof typeof ERRORS;

/** One place in a request that is wrong: `path` is dotted, empty for the whole. */
export interface FieldProblem {
  path: string;
  message: string;
}

interface ChatErrorOptions {
  cause?: unknown;
  fields?: FieldProblem[];
  /** milliseconds after which a repeat makes sense */
  retryAfterMs?: number;
}

/** A failure that the caller is meant to see. Anything else that is thrown is a bug, and shown as `internal`. */
export class ChatError extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldProblem[] | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, detail: string, options: ChatErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ChatError";
    this.code = code;
    this.fields = options.fields;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether `code` is one of ours: an answer from the network may hold anything. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERRORS, code);
}
