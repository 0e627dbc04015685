/** The last stop of every failed request: an `application/problem+json` answer as RFC 9457 and the contract want it. */
import type { ErrorRequestHandler, Request, Response } from "express";
import type { Logger } from "../infra/logger.js";
import { ChatError, ERRORS, type ErrorCode } from "../protocol/errors.js";
import type { Problem } from "../protocol/shapes.js";
import { noteOf } from "./notes.js";

/** When to come back while the database is away. */
export const UNAVAILABLE_RETRY_MS = 2_000;

/** The problem's `type`: a name, not an address; what it means stands in the contract's table of codes. */
const typeOf = (code: ErrorCode) => `urn:parlance:error:${code}`;

/** The status that Express and its parsers put on the errors they throw; null when it is none of theirs. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("status" in error)) return null;
  return typeof error.status === "number" ? error.status : null;
}

interface ErrorDeps {
  log: Logger;
  /** whether the error means that the database is away */
  isDatabaseError: (error: unknown) => boolean;
}

/** Turns whatever was thrown into what the caller may see; a fault of ours is logged whole. */
function toChatError(error: unknown, requestId: string, { log, isDatabaseError }: ErrorDeps): ChatError {
  if (error instanceof ChatError && error.code !== "internal") return error;
  if (isDatabaseError(error)) {
    log.warn({ err: error, requestId }, "database not available");
    return new ChatError("unavailable", "The database is not available right now.", {
      retryAfterMs: UNAVAILABLE_RETRY_MS,
    });
  }
  const status = statusOf(error);
  if (status === 413) return new ChatError("payload_too_large", "The body is larger than this server takes.");
  if (status !== null && status >= 400 && status < 500) {
    return new ChatError("invalid_request", "The request could not be read.");
  }
  log.error({ err: error, requestId }, "request failed");
  return error instanceof ChatError ? error : new ChatError("internal", "Something went wrong on the server.");
}

/** Answers a request with an error. */
export function sendProblem(request: Request, response: Response, error: ChatError): void {
  const { status, title } = ERRORS[error.code];
  const note = noteOf(request);
  note.code = error.code;
  if (error.retryAfterMs !== undefined) {
    response.set("Retry-After", String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
  }
  // RFC 9110 wants a 401 to name the scheme.
  if (status === 401) response.set("WWW-Authenticate", "Bearer");
  // A compressed file may have been chosen before it was found missing.
  response.removeHeader("Content-Encoding");
  const problem: Problem = {
    type: typeOf(error.code),
    title,
    status,
    code: error.code,
    detail: error.message,
    requestId: note.requestId,
    ...(error.fields === undefined ? {} : { fields: error.fields }),
  };
  response
    .status(status)
    .set("Cache-Control", "no-store")
    .type("application/problem+json")
    .send(JSON.stringify(problem));
}

/** Express' error handler. Once an answer is under way it can only be cut off. */
export function createErrorHandler(deps: ErrorDeps): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const shown = toChatError(error, noteOf(request).requestId, deps);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    sendProblem(request, response, shown);
  };
}
