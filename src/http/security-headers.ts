/** The headers that tell a browser what our pages may do. */
import helmet from "helmet";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Config } from "../infra/config.js";
import { isHttps } from "./origin.js";

const YEAR_S = 365 * 24 * 60 * 60;

/** Our own scripts and nothing else, framed by nobody. */
const OWN = {
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
};

const TRUSTED_TYPES = {
  "require-trusted-types-for": ["'script'"],
  // The client makes no policy: React writes text, not HTML.
  "trusted-types": ["'none'"],
};

/** Where Swagger UI is shown. It makes HTML from strings (cleaned by DOMPurify), so it does not run under Trusted Types. */
const SWAGGER_PATH = "/api/v1/docs";

/**
 * A page of ours runs our own scripts and nothing else, is framed by nobody and makes no HTML from strings. What rests on
 * https (HSTS, upgrading requests) is sent only when PUBLIC_URL says that it is there.
 */
export function createSecurityHeaders(config: Pick<Config, "publicUrl">) {
  const https = isHttps(config);
  const withPolicy = (directives: Record<string, string[]>) =>
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { ...directives, ...(https ? { "upgrade-insecure-requests": [] } : {}) },
      },
      strictTransportSecurity: https ? { maxAge: YEAR_S, includeSubDomains: false } : false,
      referrerPolicy: { policy: "no-referrer" },
      crossOriginOpenerPolicy: { policy: "same-origin" },
      crossOriginResourcePolicy: { policy: "same-origin" },
      xFrameOptions: { action: "deny" },
    });
  const usual = withPolicy({ ...OWN, ...TRUSTED_TYPES });
  const swagger = withPolicy(OWN);

  return (request: IncomingMessage & { path?: string }, response: ServerResponse, next: (error?: unknown) => void) =>
    (request.path === SWAGGER_PATH ? swagger : usual)(request, response, next);
}
