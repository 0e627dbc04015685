/** Settings that are right one by one, and do not fit together or the world outside. */
import type { Config } from "../../../infra/config.js";
import { ok, warning, type Found } from "../finding.js";

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\])$/;
const COST_MIN = 10;

/** Whether only this machine reaches that host. */
export const isLoopback = (host: string) => LOOPBACK.test(host);

export function checkSettings(config: Config): Found[] {
  const found = [...checkAddress(config), ...checkProxy(config)];
  if (config.bcryptCost < COST_MIN)
    found.push(
      warning(
        `BCRYPT_COST=${config.bcryptCost} makes stolen password hashes quick to guess.`,
        "Leave it empty (12). Passwords set from then on are stored with it.",
      ),
    );
  return found.length === 0 ? [ok("The settings fit together.")] : found;
}

function checkAddress({ publicUrl, allowedOrigins, host }: Config): Found[] {
  if (publicUrl === null) {
    if (allowedOrigins.length > 0)
      return [
        warning(
          `Without PUBLIC_URL only pages from ALLOWED_ORIGINS are let in: ${allowedOrigins.join(", ")}.`,
          "Set PUBLIC_URL to the address that people open; it is then allowed as well.",
        ),
      ];
    if (isLoopback(host)) return [];
    return [
      warning(
        `HOST=${host} opens the server to the network, and PUBLIC_URL is not set.`,
        "Set PUBLIC_URL to the address that people open: it fixes the allowed origin, and whether cookies want https.",
      ),
    ];
  }
  const url = new URL(publicUrl);
  if (url.protocol === "https:" || isLoopback(url.hostname)) return [];
  return [
    warning(
      `PUBLIC_URL=${publicUrl} is plain http: passwords and messages can be read on the way.`,
      "Put a proxy with https in front (docs/operations.md), and set PUBLIC_URL to its https address.",
    ),
  ];
}

/** The server itself speaks plain http: an https address, or another port, is a proxy's. */
function checkProxy({ publicUrl, trustProxy, port }: Config): Found[] {
  if (publicUrl === null) return [];
  const url = new URL(publicUrl);
  const isProxied = url.protocol === "https:" || Number(url.port || 80) !== port;
  if (isProxied && trustProxy === 0)
    return [
      warning(
        `PUBLIC_URL=${publicUrl} leads through a proxy, and TRUST_PROXY is 0: everybody seems to come from the proxy's address and shares its limits.`,
        "Set TRUST_PROXY to the number of proxies in front, and let them set X-Forwarded-For.",
      ),
    ];
  if (!isProxied && trustProxy > 0)
    return [
      warning(
        `TRUST_PROXY=${trustProxy}, but PUBLIC_URL=${publicUrl} leads to the server itself: anybody can make up an address.`,
        "Set TRUST_PROXY to 0, or PUBLIC_URL to the proxy's address.",
      ),
    ];
  return [];
}
