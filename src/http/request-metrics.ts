/** Counts requests by the call that they reached, never by what a client wrote: a path of anybody's choosing is no label. */
import type { RequestHandler } from "express";
import type { Metrics } from "../infra/metrics.js";
import { noteOf } from "./notes.js";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const PROBES = new Set(["/healthz", "/readyz", "/metrics"]);
/** Files of the page, and whatever there is not. */
const OTHER = "other";
const LOGIN = "/api/v1/auth/login";

export type RequestMetrics = Pick<Metrics, "httpRequests" | "httpSeconds" | "loginsFailed">;

/** The middleware that counts and times every answer, and logins that failed. */
export function createRequestMetrics({ httpRequests, httpSeconds, loginsFailed }: RequestMetrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const { path } = request;
    response.once("close", () => {
      const { route = PROBES.has(path) ? path : OTHER, code } = noteOf(request);
      const method = METHODS.has(request.method) ? request.method : OTHER;
      const status = response.writableFinished ? String(response.statusCode) : "aborted";
      httpRequests.inc({ method, route, status });
      httpSeconds.observe({ method, route }, (performance.now() - startedAt) / 1_000);
      if (route === LOGIN && code === "invalid_credentials") loginsFailed.inc();
    });
    next();
  };
}
