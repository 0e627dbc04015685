/** Passwords: how they are stored, compared, and which ones are refused. */
import { createRequire } from "node:module";
import { compare, genSaltSync, hash } from "bcrypt";
import { ChatError } from "../../protocol/errors.js";
import { LIMITS } from "../../protocol/limits.js";

/** Node has four threads for this and for files: two hashes leave two for the rest. */
const RUNNING_MAX = 2;
const WAITING_MAX = 50;
const RETRY_AFTER_MS = 2_000;

export interface Passwords {
  /** @throws ChatError `unavailable` when too many wait already */
  hash: (password: string) => Promise<string>;
  /**
   * Whether the password is the one behind the hash. With null (there is no such account) it takes as long, and says no.
   *
   * @throws ChatError `unavailable` when too many wait already
   */
  verify: (password: string, storedHash: string | null) => Promise<boolean>;
}

/** Runs at most two at once; what comes while fifty wait is refused. */
function createQueue() {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async function run<T>(work: () => Promise<T>): Promise<T> {
    if (running >= RUNNING_MAX) {
      if (waiting.length >= WAITING_MAX) {
        throw new ChatError("unavailable", "Too many people are logging in right now.", {
          retryAfterMs: RETRY_AFTER_MS,
        });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      // The place goes straight to whoever waits longest, so that nobody slips in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/** The last of a hash's digits carries two bits more than bcrypt writes, and "/" sets one of them. */
const NO_PASSWORD_END = "/";

/**
 * A hash for an account that nobody can log in to. Of the form and cost of a real one, so that logging in takes as long and says
 * the same as with a wrong password; no password has it.
 */
export function hashOfNoPassword(cost: number): string {
  return `${genSaltSync(cost)}${".".repeat(30)}${NO_PASSWORD_END}`;
}

/** Whether there is a password behind a stored hash. */
export const hasPassword = (storedHash: string) => !storedHash.endsWith(NO_PASSWORD_END);

/** A part that hashes with bcrypt, off the event loop. */
export function createPasswords(cost: number): Passwords {
  const run = createQueue();
  // Well-formed, of the same cost, and the hash of nothing anybody knows.
  const nobody = `${genSaltSync(cost)}${".".repeat(31)}`;

  return {
    hash: (password) => run(() => hash(password, cost)),
    verify: async (password, storedHash) => {
      const isSame = await run(() => compare(password, storedHash ?? nobody));
      // bcrypt reads 72 bytes: a longer password is not the one it begins with.
      return isSame && storedHash !== null && Buffer.byteLength(password) <= LIMITS.passwordMaxBytes;
    },
  };
}

/** The words that are tried first, lower-cased; those too short to be a password are left out. */
function readCommonPasswords(): Set<string> {
  // Loaded when first needed: it is a megabyte that a server without new accounts never wants.
  const { dictionary } = createRequire(import.meta.url)(
    "@zxcvbn-ts/language-common",
  ) as typeof import("@zxcvbn-ts/language-common");
  const words = dictionary["passwords-common"];
  return new Set(words.filter((word) => word.length >= LIMITS.passwordMinBytes).map((word) => word.toLowerCase()));
}

let commonPasswords: Set<string> | null = null;

/**
 * Refuses a password that would be guessed at once: one of the most common ones, or the username itself.
 *
 * @param path - the field that it came in
 * @throws ChatError `invalid_request` that names the field
 */
export function refuseGuessable(password: string, username: string, path: "password" | "next"): void {
  commonPasswords ??= readCommonPasswords();
  const folded = password.toLowerCase();
  const message =
    folded === username
      ? "Must not be the username."
      : commonPasswords.has(folded)
        ? "Is one of the most common passwords: choose one that is harder to guess."
        : null;
  if (message !== null) throw new ChatError("invalid_request", `${path}: ${message}`, { fields: [{ path, message }] });
}
