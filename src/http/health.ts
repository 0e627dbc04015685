/** For whoever watches this server: is it up, can it serve, what does it count. */
import { Router } from "express";
import type { Metrics } from "../infra/metrics.js";

export interface HealthDeps {
  metrics: Pick<Metrics, "registry" | "text">;
  /** whether calls can be served; `reason` is for people */
  readiness: () => { ready: boolean; reason: string };
}

/**
 * GET /healthz, /readyz and /metrics.
 *
 * All three are plain and open, as probes and Prometheus expect: a proxy in front keeps /metrics from the internet.
 */
export function createHealth({ metrics, readiness }: HealthDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get(["/healthz", "/readyz", "/metrics"], (_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/readyz", (_request, response) => {
    const { ready, reason } = readiness();
    if (ready) response.json({ status: "ready" });
    else response.status(503).json({ status: "not ready", reason });
  });
  router.get("/metrics", async (_request, response) => {
    const text = await metrics.text();
    response.set("Content-Type", metrics.registry.contentType).send(text);
  });
  return router;
}
