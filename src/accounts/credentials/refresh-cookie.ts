/** The cookie that carries the refresh token: out of reach of scripts, and sent to /api/v1/auth alone. */
import type { IncomingMessage } from "node:http";
import { parseCookie, stringifySetCookie } from "cookie";

const COOKIE = "parlance_refresh";

export interface RefreshCookie {
  /** A `Set-Cookie` value. */
  carry: (token: string) => string;
  /** A `Set-Cookie` value that takes the cookie away. */
  clear: () => string;
  read: (request: IncomingMessage) => string | null;
}

/** @param isSecure - whether people come over https: a browser drops a `Secure` cookie that arrives without */
export function createRefreshCookie(isSecure: boolean, maxAgeMs: number): RefreshCookie {
  const attributes = { httpOnly: true, sameSite: "strict", path: "/api/v1/auth", secure: isSecure } as const;
  return {
    carry: (token) => stringifySetCookie(COOKIE, token, { ...attributes, maxAge: maxAgeMs / 1000 }),
    clear: () => stringifySetCookie(COOKIE, "", { ...attributes, maxAge: 0 }),
    read: (request) => parseCookie(request.headers.cookie ?? "")[COOKIE] ?? null,
  };
}
