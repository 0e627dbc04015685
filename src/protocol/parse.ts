/** The border: whatever comes from outside passes here once, and is typed from there on. */
import type { z } from "zod";
import { ChatError, type FieldProblem } from "./errors.js";

/** Keys that reach an object's prototype. No request of ours has a use for them, so they are refused at any depth. */
const UNSAFE_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** The dotted path of the first unsafe key; null when there is none. A loop, not recursion: input may nest very deep. */
function findUnsafeKey(value: unknown): string | null {
  const waiting: { value: unknown; path: string }[] = [{ value, path: "" }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value !== "object" || next.value === null) continue;
    for (const key of Object.keys(next.value)) {
      const path = next.path === "" ? key : `${next.path}.${key}`;
      if (UNSAFE_KEYS.has(key)) return path;
      waiting.push({ value: (next.value as Record<string, unknown>)[key], path });
    }
  }
  return null;
}

function toFields(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key].join("."), message: "Is not a field of this request." }));
  }
  return [{ path: path.join("."), message: issue.message }];
}

/** More than this many problems in one request help nobody. */
const FIELDS_MAX = 20;

/**
 * Parses what a client sent.
 *
 * @throws ChatError `invalid_request` whose `fields` name each place that is wrong
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const unsafe = findUnsafeKey(value);
  if (unsafe !== null) {
    throw new ChatError("invalid_request", `"${unsafe}" is not a field of this request.`, {
      fields: [{ path: unsafe, message: "Is not a field of this request." }],
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.flatMap(toFields).slice(0, FIELDS_MAX);
  const first = fields[0];
  const detail =
    first === undefined
      ? "The request is not valid."
      : `${first.path === "" ? "The request" : first.path}: ${first.message}`;
  throw new ChatError("invalid_request", detail, { fields });
}
