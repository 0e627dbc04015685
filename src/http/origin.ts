/** Which web origins may use what a browser sends by itself: the refresh cookie, and a WebSocket handshake. */
import type { IncomingMessage } from "node:http";
import type { Config } from "../infra/config.js";

/** Whether people reach this server over https, as far as it was told. */
export function isHttps(config: Pick<Config, "publicUrl">): boolean {
  return config.publicUrl?.startsWith("https:") ?? false;
}

const WEB = new Set(["http:", "https:"]);

const toUrl = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

/** The URL that an Origin header stands for; null when it is not the origin of a web page. */
function toWebOrigin(text: string): URL | null {
  const url = toUrl(text);
  return url !== null && WEB.has(url.protocol) && url.origin === text.toLowerCase() ? url : null;
}

/** The `Host` header with the protocol's own port left out, as an Origin writes it. */
function hostOf(request: IncomingMessage, protocol: string): string | null {
  return toUrl(`${protocol}//${request.headers.host ?? ""}`)?.host ?? null;
}

/**
 * Makes the check of a request's `Origin`.
 *
 * PUBLIC_URL and ALLOWED_ORIGINS together are the exact list. When both are empty, an origin whose host is the request's
 * `Host` is let in. No `Origin` at all (a bot, a script) is always let in; `null` (a sandboxed page, a file) never.
 */
export function createOriginCheck(
  config: Pick<Config, "publicUrl" | "allowedOrigins">,
): (request: IncomingMessage) => boolean {
  const listed = [config.publicUrl ?? "", ...config.allowedOrigins].flatMap((text) => toUrl(text)?.origin ?? []);
  const allowed = new Set(listed.filter((origin) => origin !== "null"));

  return (request) => {
    const text = request.headers.origin;
    if (text === undefined) return true;
    const origin = toWebOrigin(text);
    if (origin === null) return false;
    return allowed.size > 0 ? allowed.has(origin.origin) : origin.host === hostOf(request, origin.protocol);
  };
}
