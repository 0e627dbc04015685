/** Holds every answer and push that a test meets against the schemas of `src/protocol`: nothing missing, nothing more. */
import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { EndpointShape } from "../../src/protocol/endpoints/endpoint.js";
import { endpoints } from "../../src/protocol/endpoints/index.js";
import { ERRORS, isErrorCode, type ErrorCode } from "../../src/protocol/errors.js";
import { ackErrorSchema, clientEvents, serverEvents, type Ack } from "../../src/protocol/events.js";
import { problemSchema } from "../../src/protocol/shapes.js";

/** What any call may be answered with, beside the errors that it names itself. */
const COMMON: readonly ErrorCode[] = [
  "invalid_request",
  "unauthenticated",
  "token_expired",
  "payload_too_large",
  "rate_limited",
  "unavailable",
  "internal",
];

const byPath = Object.values<EndpointShape>(endpoints).map((endpoint) => ({
  endpoint,
  pattern: new RegExp(`^${endpoint.path.replaceAll(/:\w+/g, "[^/]+")}$`),
  params: endpoint.path.split(":").length,
}));

function endpointOf(method: string, path: string): EndpointShape | undefined {
  const bare = path.split("?", 1)[0] ?? "";
  const found = byPath.filter(({ endpoint, pattern }) => endpoint.method === method && pattern.test(bare));
  return found.sort((one, other) => one.params - other.params)[0]?.endpoint;
}

function expectShape(what: string, schema: z.ZodType, value: unknown): void {
  const result = schema.safeParse(value);
  if (!result.success) throw new Error(`${what} is not what the contract says: ${result.error.message}`);
  // Parsing drops what the schema does not know, so only a value without surplus fields comes out the same.
  if (!isDeepStrictEqual(value, result.data)) expect({ what, value }).toEqual({ what, value: result.data });
}

/** @param path below /api/v1 */
export function checkAnswer(method: string, path: string, status: number, headers: Headers, body: unknown): void {
  const what = `${method} ${path} ${status}`;
  const endpoint = endpointOf(method, path);
  if (status >= 400) {
    expectShape(what, problemSchema, body);
    const { code, title } = body as z.infer<typeof problemSchema>;
    if (!isErrorCode(code)) throw new Error(`${what}: "${code}" is not a code of the contract.`);
    expect({ what, status, title }).toEqual({ what, status: ERRORS[code].status, title: ERRORS[code].title });
    expect(headers.get("Content-Type")).toMatch(/^application\/problem\+json/);
    if (endpoint !== undefined) expect([...COMMON, ...endpoint.errors]).toContain(code);
    return;
  }
  const schema = endpoint?.answers[status as 200];
  if (schema === undefined) throw new Error(`${what} is no answer of the contract.`);
  if (schema === null) expect({ what, body }).toEqual({ what, body: undefined });
  else expectShape(what, schema, body);
}

export function checkAck(event: string, ack: Ack<unknown>): void {
  if (!ack.ok) return expectShape(`the ack of ${event}`, ackErrorSchema, ack.error);
  const known = (clientEvents as Record<string, { data: z.ZodType }>)[event];
  if (known === undefined) throw new Error(`${event} is no event of the contract, but was answered.`);
  expectShape(`the ack of ${event}`, known.data, ack.data);
}

export function checkPush(event: string, data: unknown): void {
  const schema = (serverEvents as Record<string, z.ZodType>)[event];
  if (schema === undefined) throw new Error(`${event} is no push of the contract.`);
  expectShape(`the push ${event}`, schema, data);
}
