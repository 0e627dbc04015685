/** One log line a request: what was called and how it went. Never headers, bodies or query strings. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "../infra/logger.js";
import { pinoHttp } from "pino-http";
import { noteOf } from "./notes.js";

const PATH_MAX = 200;

/** The path alone: a query string may hold what somebody looks for. */
function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  const url = request.originalUrl ?? request.url ?? "";
  return (url.split("?", 1)[0] ?? "").slice(0, PATH_MAX);
}

function describe(request: IncomingMessage, response: ServerResponse, ms: number) {
  const { route, userId, code, requestId } = noteOf(request);
  return {
    method: request.method,
    route: route ?? pathOf(request),
    status: response.statusCode,
    ms,
    userId,
    code,
    requestId,
    ...(response.writableFinished ? {} : { aborted: true }),
  };
}

const timeOf = (value: { responseTime?: number }): number => value.responseTime ?? 0;

/** The middleware that gives every request its id and, when it is answered, its log line (files and probes at `debug`). */
export function createRequestLog(log: Logger) {
  return pinoHttp({
    logger: log,
    genReqId: (request) => noteOf(request).requestId,
    // The library would put whole requests and responses into each line.
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
    quietReqLogger: true,
    quietResLogger: true,
    customAttributeKeys: { reqId: "requestId" },
    customLogLevel: (request) => (pathOf(request).startsWith("/api/") ? "info" : "debug"),
    customSuccessMessage: () => "request",
    customErrorMessage: () => "request",
    customSuccessObject: (request, response, value: { responseTime?: number }) =>
      describe(request, response, timeOf(value)),
    customErrorObject: (request, response, _error, value: { responseTime?: number }) =>
      describe(request, response, timeOf(value)),
  });
}
