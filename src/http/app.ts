/** The HTTP side of the server: what stands before the calls, the calls, and the web client behind them. */
import express, { type Express, type Request } from "express";
import type { Config } from "../infra/config.js";
import type { Logger } from "../infra/logger.js";
import type { Metrics } from "../infra/metrics.js";
import { ChatError } from "../protocol/errors.js";
import { createApiDocs } from "./api-docs.js";
import { createApi } from "./api.js";
import type { Authenticate } from "./authenticate.js";
import { createErrorHandler } from "./errors.js";
import { createHealth, type HealthDeps } from "./health.js";
import { createOriginCheck } from "./origin.js";
import { createRateLimits } from "./rate-limits.js";
import { createRequestLog } from "./request-log.js";
import { createRequestMetrics, type RequestMetrics } from "./request-metrics.js";
import type { Handlers } from "./route.js";
import { createSecurityHeaders } from "./security-headers.js";
import { createWebClient } from "./web-client.js";

type EdgeConfig = Pick<Config, "publicUrl" | "allowedOrigins" | "trustProxy"> & {
  rates: Pick<Config["rates"], "authPerMinute" | "requestsPerMinute">;
};

export interface AppDeps {
  config: EdgeConfig;
  log: Logger;
  metrics: HealthDeps["metrics"] & RequestMetrics & Pick<Metrics, "rateLimited">;
  handlers: Handlers;
  authenticate: Authenticate;
  /** the session of the refresh cookie, as far as the cookie is genuine */
  cookieSession: (request: Request) => string | null;
  /** whether the database answers; while it does not, nor does any call but /server and the probes */
  isAvailable: () => boolean;
  readiness: () => { ready: boolean; reason: string };
  /** whether what was thrown means that the database is away */
  isDatabaseError: (error: unknown) => boolean;
  /** what the build made of the client; null when there is none */
  webClientDir: string | null;
}

/** Says once that a proxy is there which the settings do not know: every visitor would count as one address. */
function createProxyWarning(config: EdgeConfig, log: Logger) {
  let isSaid = config.trustProxy > 0;
  return (request: Request, _response: unknown, next: () => void) => {
    if (!isSaid && request.headers["x-forwarded-for"] !== undefined) {
      isSaid = true;
      log.warn("X-Forwarded-For arrives, but TRUST_PROXY is 0: set it to the number of proxies in front");
    }
    next();
  };
}

/** The Express app. It holds no connection and needs no closing. */
export function createApp(deps: AppDeps): Express {
  const { config, log, metrics } = deps;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("trust proxy", config.trustProxy);
  app.set("query parser", "simple");
  app.set("case sensitive routing", true);

  app.use(createRequestLog(log));
  app.use(createRequestMetrics(metrics));
  app.use(createSecurityHeaders(config));
  app.use(createProxyWarning(config, log));
  app.use(createHealth(deps));
  app.use("/api/v1", createApiDocs());
  app.use(
    "/api/v1",
    createApi({
      ...deps,
      limits: createRateLimits(config.rates, (limit) => metrics.rateLimited.inc({ limit })),
      isOriginAllowed: createOriginCheck(config),
    }),
  );
  app.use(createWebClient(deps.webClientDir));
  app.use(() => {
    throw new ChatError("not_found", "There is nothing at this address.");
  });
  app.use(createErrorHandler(deps));
  return app;
}
