/** The headers that tell a browser what our pages may do. */
import helmet from "helmet";
import type { Config } from "../infra/config.js";
import { isHttps } from "./origin.js";

const YEAR_S = 365 * 24 * 60 * 60;

/**
 * A page of ours runs our own scripts and nothing else, is framed by nobody and makes no HTML from strings. What rests on
 * https (HSTS, upgrading requests) is sent only when PUBLIC_URL says that it is there.
 */
export function createSecurityHeaders(config: Pick<Config, "publicUrl">) {
  const https = isHttps(config);
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "script-src-attr": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        // The client makes no policy: React writes text, not HTML.
        "trusted-types": ["'none'"],
        ...(https ? { "upgrade-insecure-requests": [] } : {}),
      },
    },
    strictTransportSecurity: https ? { maxAge: YEAR_S, includeSubDomains: false } : false,
    referrerPolicy: { policy: "no-referrer" },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    xFrameOptions: { action: "deny" },
  });
}
