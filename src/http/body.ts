/** Reads what a request carries: its JSON body, and the id that makes it repeatable. */
import { isUtf8 } from "node:buffer";
import express, { type Request, type Response } from "express";
import { ChatError } from "../protocol/errors.js";
import { LIMITS } from "../protocol/limits.js";
import { parse } from "../protocol/parse.js";
import { clientId as clientIdSchema } from "../protocol/scalars.js";

const IDEMPOTENCY_KEY = "Idempotency-Key";

// Raw, so that an empty body of whatever type is none, and broken UTF-8 is refused instead of turning into U+FFFD.
const readRaw = express.raw({ type: () => true, limit: LIMITS.bodyBytes, inflate: false });

function invalid(detail: string): ChatError {
  return new ChatError("invalid_request", detail);
}

/**
 * The request's JSON; undefined when it has no body.
 *
 * @throws ChatError `invalid_request` for another content type, broken UTF-8 or broken JSON
 * @throws an error with status 413 when it is over `LIMITS.bodyBytes`
 */
export async function readJson(request: Request, response: Response): Promise<unknown> {
  await new Promise<void>((resolve, reject) => {
    readRaw(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error("The body could not be read.", { cause: error }));
    });
  });
  const raw: unknown = request.body;
  if (!Buffer.isBuffer(raw) || raw.length === 0) return undefined;
  if (request.is("application/json") === false) throw invalid("The body must be application/json.");
  if (!isUtf8(raw)) throw invalid("The body is not well-formed UTF-8.");
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch (error) {
    throw new ChatError("invalid_request", "The body is not valid JSON.", { cause: error });
  }
}

/**
 * The clientId of a changing call, from the `Idempotency-Key` header or from the body; null when neither has one [L4].
 *
 * @throws ChatError `invalid_request` when the header is no clientId, or another one than the body's
 */
export function readClientId(request: Request, body: unknown): string | null {
  const header = request.get(IDEMPOTENCY_KEY);
  const inBody =
    typeof body === "object" && body !== null && "clientId" in body && typeof body.clientId === "string"
      ? body.clientId
      : null;
  if (header === undefined) return inBody;
  let fromHeader: string;
  try {
    fromHeader = parse(clientIdSchema, header);
  } catch (error) {
    throw wrongKey("Must be 8-4-4-4-12 hex digits.", error);
  }
  if (inBody !== null && inBody !== fromHeader) throw wrongKey("Must be the body's clientId, or be left out.");
  return fromHeader;
}

function wrongKey(message: string, cause?: unknown): ChatError {
  return new ChatError("invalid_request", `${IDEMPOTENCY_KEY}: ${message}`, {
    fields: [{ path: IDEMPOTENCY_KEY, message }],
    cause,
  });
}
