/** What each error code means and what to do about it, in the documents' words. */
import { ERRORS, type ErrorCode } from "../protocol/errors.js";
import type { Problem } from "../protocol/shapes.js";

interface ErrorNote {
  /** when a caller meets it */
  when: string;
  /** a `detail` as the server words it */
  detail: string;
  fields?: Problem["fields"];
}

const NOTES: Record<ErrorCode, ErrorNote> = {
  invalid_request: {
    when: "The request fails its schema, or holds a field that the call does not know; `fields` names each place.",
    detail: "name: Must not be empty.",
    fields: [{ path: "name", message: "Must not be empty." }],
  },
  unauthenticated: {
    when: "There is no token, or it is of no use.",
    detail: "Log in first: this call wants an access token.",
  },
  token_expired: { when: "The access token has run out.", detail: "The access token has run out." },
  invalid_credentials: {
    when: "Wrong username or password: one answer for both.",
    detail: "Wrong username or password.",
  },
  forbidden: {
    when: "The caller knows the thing but may not do this.",
    detail: "Join the room first.",
  },
  not_found: {
    when: "Absent, or not the caller's to see.",
    detail: "There is no such room, or you are not in it.",
  },
  conflict: { when: "It does not go with how things are now.", detail: "There is a public room of this name already." },
  username_taken: { when: "Somebody else has the username.", detail: "This username is taken." },
  client_id_reused: {
    when: "The clientId was used before, for something else [L4].",
    detail: "This clientId was used for something else.",
  },
  payload_too_large: {
    when: "The body is larger than this server takes.",
    detail: "The body is larger than this server takes.",
  },
  rate_limited: {
    when: "Too many requests: wait as long as `Retry-After` (or an ack's `retryAfterMs`) says.",
    detail: "Too many requests: wait a moment, then try again.",
  },
  unavailable: {
    when: "The database is away or a queue is full: it may or may not have been carried out.",
    detail: "The database is not available right now.",
  },
  internal: {
    when: "A fault of the server's; `requestId` finds it in its log.",
    detail: "Something went wrong on the server.",
  },
};

const OUTCOMES: Record<(typeof ERRORS)[ErrorCode]["outcome"], string> = {
  final: "Final: repeating it as it is does not help.",
  refused: "Not carried out: wait, renew or log in, then repeat with the same clientId.",
  unknown: "Unknown: repeat with the same clientId.",
};

/** When a caller meets the code, and what follows for a repeat [L7]. */
export const explain = (code: ErrorCode): string => `${NOTES[code].when} ${OUTCOMES[ERRORS[code].outcome]}`;

/** A problem as a call is answered with it. */
export function problemExample(code: ErrorCode): Problem {
  const { status, title } = ERRORS[code];
  const { detail, fields } = NOTES[code];
  return {
    type: `urn:parlance:error:${code}`,
    title,
    status,
    code,
    detail,
    requestId: "1f6f4a52-53a1-4d0c-9c57-4b2c1e0f6a8d",
    ...(fields === undefined ? {} : { fields }),
  };
}

/** The same as an ack carries it. */
export function ackErrorExample(code: ErrorCode) {
  const { detail, fields } = NOTES[code];
  const waits = code === "rate_limited" || code === "unavailable";
  return { code, detail, ...(waits ? { retryAfterMs: 2_000 } : {}), ...(fields === undefined ? {} : { fields }) };
}
