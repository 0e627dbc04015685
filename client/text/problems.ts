/** What went wrong, in words for the person who tried. */
import { ChatError } from "../../src/protocol/errors.js";

export interface Problem {
  code: string;
  message: string;
  /** dotted path → what is wrong there */
  fields: ReadonlyMap<string, string>;
  /** milliseconds of Date.now after which another try makes sense; null when no moment is known */
  retryAt: number | null;
}

const WORDS: Partial<Record<string, string>> = {
  unavailable: "The server does not answer right now. Try again in a moment.",
  internal: "Something went wrong on the server. Try again in a moment.",
  invalid_credentials: "Wrong username or password.",
  rate_limited: "Too many tries.",
};

/** Turns whatever a call was rejected with into something to show; what is not a `ChatError` is a bug of ours and says so. */
export function describeProblem(error: unknown): Problem {
  if (!(error instanceof ChatError)) {
    return { code: "bug", message: "Something went wrong in this page.", fields: new Map(), retryAt: null };
  }
  const fields = new Map<string, string>();
  // The first word about a place is the most basic one: "at least 3 characters" before "must end in a letter".
  for (const { path, message } of error.fields ?? []) if (!fields.has(path)) fields.set(path, message);
  return {
    code: error.code,
    message: WORDS[error.code] ?? error.message,
    fields,
    retryAt: error.retryAfterMs === undefined ? null : Date.now() + error.retryAfterMs,
  };
}
