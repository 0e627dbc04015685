/** The access token of a request. */
import type { IncomingMessage } from "node:http";

/** What stands after `Authorization: Bearer`; null when there is no such header. */
export function bearerToken(request: IncomingMessage): string | null {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
}
