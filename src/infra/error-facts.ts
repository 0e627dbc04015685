/**
 * What an unknown thing that was thrown tells of itself. By looking rather than `instanceof`: errors of Node's own
 * modules are made in another realm when the code runs inside a vm context, as it does under jest.
 */

/** Node's `code` (such as "ENOENT") or a database's (a number); undefined when it has none. */
export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/** The first line of its message, without a final full stop, to be put into a sentence. */
export function reasonOf(error: unknown): string {
  const message = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return (String(message).split("\n")[0] ?? "").trim().replace(/\.$/, "");
}
