/** Keeps cookies for a client in Node, as a browser does by itself: tests, journeys and bots stay logged in with it. */
import type { Fetch } from "../options.js";

interface Cookie {
  name: string;
  value: string;
  path: string;
  /** milliseconds since 1970; Infinity: as long as the process lives */
  expiresAt: number;
}

function parseCookie(header: string, now: number): Cookie | null {
  const [pair = "", ...attributes] = header.split(";").map((part) => part.trim());
  const equals = pair.indexOf("=");
  if (equals < 1) return null;
  const cookie: Cookie = { name: pair.slice(0, equals), value: pair.slice(equals + 1), path: "/", expiresAt: Infinity };
  let hasMaxAge = false;
  for (const attribute of attributes) {
    const [key = "", value = ""] = attribute.split("=", 2);
    switch (key.toLowerCase()) {
      case "path":
        cookie.path = value;
        break;
      case "max-age":
        hasMaxAge = true;
        cookie.expiresAt = now + Number(value) * 1_000;
        break;
      case "expires":
        // Max-Age wins over Expires (RFC 6265).
        if (!hasMaxAge) cookie.expiresAt = Date.parse(value);
        break;
    }
  }
  return cookie;
}

const isUnder = (path: string, folder: string) =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

/**
 * A fetch that keeps the cookies of one server, by name and path. Made for one client: two that share it share a login.
 *
 * @param inner - does the requests
 */
export function createCookieFetch(inner: Fetch = fetch): Fetch {
  const cookies = new Map<string, Cookie>();
  return async (url, init) => {
    const { pathname } = new URL(url);
    const sent = [...cookies.values()]
      .filter((cookie) => isUnder(pathname, cookie.path) && cookie.expiresAt > Date.now())
      .map((cookie) => `${cookie.name}=${cookie.value}`);
    const headers = new Headers(init.headers);
    if (sent.length > 0) headers.set("cookie", sent.join("; "));
    const response = await inner(url, { ...init, headers });
    for (const header of response.headers.getSetCookie()) {
      const cookie = parseCookie(header, Date.now());
      if (cookie !== null) cookies.set(`${cookie.name};${cookie.path}`, cookie);
    }
    return response;
  };
}
