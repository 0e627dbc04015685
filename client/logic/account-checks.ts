/** What can be said about a name or a password before asking the server, which checks the same again. */
import { LIMITS } from "../../src/protocol/limits.js";
import { normalizeName, problemInName } from "../../src/protocol/text.js";

/** What is wrong with a new username; null when nothing is. Upper case is taken. */
export function usernameProblem(name: string): string | null {
  const lower = name.toLowerCase();
  if (!/^[a-z0-9._-]*$/.test(lower)) return "Only a to z, 0 to 9, dot, dash or underscore.";
  if (lower.length < LIMITS.usernameMin) {
    return `At least ${LIMITS.usernameMin} of a to z, 0 to 9, dot, dash or underscore.`;
  }
  if (lower.length > LIMITS.usernameMax) return `At most ${LIMITS.usernameMax} characters.`;
  if (!/[a-z0-9]$/.test(lower)) return "The last one must be a letter or a digit.";
  return null;
}

const utf8Bytes = (text: string) => new Blob([text]).size;

/** What is wrong with a new password; null when nothing is. */
export function passwordProblem(password: string): string | null {
  const bytes = utf8Bytes(password);
  if (bytes < LIMITS.passwordMinBytes) return `At least ${LIMITS.passwordMinBytes} characters.`;
  if (bytes > LIMITS.passwordMaxBytes) {
    return bytes === password.length
      ? `At most ${LIMITS.passwordMaxBytes} characters.`
      : `Too long: accents and symbols count double or more, ${LIMITS.passwordMaxBytes} in all.`;
  }
  return null;
}

/** What is wrong with a name of one line; null when nothing is. */
export function nameProblem(name: string, { max, required }: { max: number; required: boolean }): string | null {
  const normal = normalizeName(name);
  if (required && normal === "") return "Must not be empty.";
  if (normal.length > max) return `At most ${max} characters.`;
  return problemInName(normal);
}
