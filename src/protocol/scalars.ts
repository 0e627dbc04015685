/** The small schemas that every shape and call is made of. */
import { z } from "zod";
import { LIMITS } from "./limits.js";
import { normalizeName, normalizeText, problemInName, problemInText } from "./text.js";

/** An opaque id. Any string passes: one that cannot exist counts as not found, not as invalid. */
export const id = z.string();

/** ISO 8601 UTC with milliseconds, always the server's clock. */
export const moment = z.iso
  .datetime({ precision: 3 })
  .describe("ISO 8601 UTC with milliseconds, by the server's clock.");

/** A position in a room's log. */
export const seq = z.int().min(1).describe("A position in a room's log: 1, 2, 3 … with no gap and no repeat [L1].");

/** A position, or 0 for "before the first". */
export const cursor = z.int().min(0).describe("A position in a room's log, or 0 for before the first.");

const CLIENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** 8-4-4-4-12 hex digits; upper case is taken and lowered [L4]. */
export const clientId = z
  .string()
  .overwrite((value) => value.toLowerCase())
  .regex(CLIENT_ID, "Must be 8-4-4-4-12 hex digits.")
  .describe(
    "Made once by the client for each thing it does and kept through every retry: what makes it repeatable [L4].",
  );

const noProblem = (find: (text: string) => string | null) => (context: z.core.ParsePayload<string>) => {
  const problem = find(context.value);
  if (problem !== null) context.issues.push({ code: "custom", message: problem, input: context.value });
};

/** Zod's own `max` counts code points; the contract counts UTF-16 units, as JavaScript does. */
const upTo = (max: number) => noProblem((text) => (text.length > max ? `Must be at most ${max} characters.` : null));
/** For JSON Schema, which counts code points: a bound, if not the whole rule. */
const bounds = (minLength: number, maxLength: number) => ({ minLength, maxLength });

/** A message's words: 1 to 8,000 UTF-16 units after CRLF became LF and both ends were trimmed. */
export const messageText = z
  .string()
  .overwrite(normalizeText)
  .min(1, "Must not be empty.")
  .check(upTo(LIMITS.messageTextMax), noProblem(problemInText))
  .meta({
    ...bounds(1, LIMITS.messageTextMax),
    description: "Counted in UTF-16 units after trimming, CRLF as LF; no control characters but tab and newline.",
  });

const name = (min: number, max: number) =>
  z
    .string()
    .overwrite(normalizeName)
    .min(min, "Must not be empty.")
    .check(upTo(max), noProblem(problemInName))
    .meta(bounds(min, max));

export const displayName = name(1, LIMITS.displayNameMax);
export const roomName = name(1, LIMITS.roomNameMax);
export const topic = name(0, LIMITS.topicMax);

/** Names that stand for more than one person, or for somebody who is gone. */
const RESERVED_USERNAMES = new Set(["all", "here", "deleted"]);

export const username = z
  .string()
  .overwrite((value) => value.toLowerCase())
  .min(LIMITS.usernameMin, `Must be at least ${LIMITS.usernameMin} characters.`)
  .max(LIMITS.usernameMax, `Must be at most ${LIMITS.usernameMax} characters.`)
  .regex(/^[a-z0-9._-]*$/, "Must hold only a to z, 0 to 9, dot, dash and underscore.")
  .regex(/(^|[a-z0-9])$/, "Must end in a letter or a digit.")
  .refine((value) => !RESERVED_USERNAMES.has(value), "This name is not given out.")
  .describe("Of `a-z 0-9 . _ -`, ending in a letter or digit; upper case is taken and lowered.");

const utf8Bytes = (text: string) => new TextEncoder().encode(text).length;

/** A new password: counted in UTF-8 bytes, because bcrypt reads no further than 72 of them. */
export const newPassword = z
  .string()
  .check(noProblem((value) => (/\p{Surrogate}/u.test(value) ? "Must be well-formed Unicode." : null)))
  .refine((value) => utf8Bytes(value) >= LIMITS.passwordMinBytes, `Must be at least ${LIMITS.passwordMinBytes} bytes.`)
  .refine((value) => utf8Bytes(value) <= LIMITS.passwordMaxBytes, `Must be at most ${LIMITS.passwordMaxBytes} bytes.`)
  .describe(`${LIMITS.passwordMinBytes} to ${LIMITS.passwordMaxBytes} bytes of UTF-8; longer is refused, not cut.`);

/** What somebody types at login: compared, never stored. */
export const loginText = z
  .string()
  .min(1, "Must not be empty.")
  .check(upTo(LIMITS.loginMax))
  .meta(bounds(1, LIMITS.loginMax));

export const email = z.email("Must be an e-mail address.").max(LIMITS.emailMax);

const preferenceKey = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/, "Must be 1 to 64 of A-Z a-z 0-9 _ . : -");
const preferenceValue = z.union([
  z.string().check(upTo(LIMITS.preferenceTextMax), noProblem(problemInText)).meta(bounds(0, LIMITS.preferenceTextMax)),
  z.number(),
  z.boolean(),
]);
const UNSAFE_KEYS = ["__proto__", "constructor", "prototype"];

/** Up to 50 flat values; a change replaces all of them. */
export const preferences = z
  .record(preferenceKey, preferenceValue)
  .refine((value) => Object.keys(value).length <= LIMITS.preferencesMax, `At most ${LIMITS.preferencesMax} values.`)
  .refine((value) => !UNSAFE_KEYS.some((key) => Object.hasOwn(value, key)), "Holds a key that is not allowed.")
  .describe(`Up to ${LIMITS.preferencesMax} flat values; a change replaces all of them.`);

const wholeNumberText = (min: number, max: number, message: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.int().min(min, message).max(max, message));

/** `limit` of a page, as it stands in a query string. */
export const limitText = wholeNumberText(1, LIMITS.pageMax, `Must be a whole number from 1 to ${LIMITS.pageMax}.`)
  .default(LIMITS.pageDefault)
  .describe("How many at most.");

/** A seq in a query string. */
export const cursorText = wholeNumberText(0, Number.MAX_SAFE_INTEGER, "Must be a whole number, 0 or more.").describe(
  "A seq.",
);

/** What somebody types to find people or rooms. */
export const queryText = name(0, LIMITS.queryMax);
