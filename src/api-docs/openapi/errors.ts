/** The errors of a call, as answers that calls share. */
import type { EndpointShape } from "../../protocol/endpoints/endpoint.js";
import { ERRORS, type ErrorCode } from "../../protocol/errors.js";
import { problemSchema } from "../../protocol/shapes.js";
import { explain, problemExample } from "../error-notes.js";
import type { Json, SchemaWriter } from "../json-schema.js";

const codes = Object.keys(ERRORS) as ErrorCode[];

/** What the edge refuses before a call's own rules are asked; the table of calls names the rest. */
function commonErrors({ access, body }: EndpointShape): ErrorCode[] {
  const byAccess: Record<EndpointShape["access"], ErrorCode[]> = {
    open: [],
    token: ["unauthenticated", "token_expired"],
    cookie: ["unauthenticated", "forbidden"],
    either: ["unauthenticated", "token_expired", "forbidden"],
  };
  return [
    // A field, a query or a header that the call does not know.
    "invalid_request",
    ...byAccess[access],
    ...(body === undefined ? [] : ["payload_too_large" as const]),
    "rate_limited",
    "unavailable",
    "internal",
  ];
}

/** Every code that a call may be refused with, in the order of the protocol's table. */
export function errorsOf(endpoint: EndpointShape): ErrorCode[] {
  const all = new Set([...endpoint.errors, ...commonErrors(endpoint)]);
  return codes.filter((code) => all.has(code));
}

const headersFor: Partial<Record<number, readonly string[]>> = {
  401: ["WWW-Authenticate"],
  429: ["Retry-After", "RateLimit", "RateLimit-Policy"],
  503: ["Retry-After"],
};

export const errorHeaders: Record<string, Json> = {
  "WWW-Authenticate": { description: "The scheme to log in with.", schema: { type: "string", const: "Bearer" } },
  "Retry-After": { description: "Seconds after which a repeat makes sense.", schema: { type: "integer", minimum: 1 } },
  RateLimit: {
    description: "What is left of each limit that applies (IETF draft).",
    schema: { type: "string" },
    example: '"requests"; r=0; t=17',
  },
  "RateLimit-Policy": {
    description: "The limits that apply (IETF draft).",
    schema: { type: "string" },
    example: '"requests"; q=600; w=60; pk=:ZjYxYzI4OWQ=:',
  },
};

/** One problem of each code. */
export const errorExamples = (): Record<string, Json> =>
  Object.fromEntries(codes.map((code) => [code, { summary: ERRORS[code].title, value: problemExample(code) }]));

function describeErrors(some: readonly ErrorCode[], writer: SchemaWriter): Json {
  const [first = "internal"] = some;
  const headers = headersFor[ERRORS[first].status] ?? [];
  return {
    description: some.map((code) => `\`${code}\`: ${explain(code)}`).join("\n\n"),
    ...(headers.length === 0
      ? {}
      : { headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])) }),
    content: {
      "application/problem+json": {
        schema: writer.output(problemSchema),
        examples: Object.fromEntries(some.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

function byStatusOf(some: readonly ErrorCode[]): Map<number, ErrorCode[]> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of some) byStatus.set(ERRORS[code].status, [...(byStatus.get(ERRORS[code].status) ?? []), code]);
  return byStatus;
}

/** Answers for errors: one a status, shared by all calls that have the same codes of it. */
export function createErrorResponses(writer: SchemaWriter) {
  const shared: Record<string, Json> = {};
  return {
    shared,
    /** By status: references into `shared`, which they fill. */
    of(endpoint: EndpointShape): Record<string, Json> {
      const byStatus = byStatusOf(errorsOf(endpoint));
      return Object.fromEntries(
        [...byStatus].map(([status, some]) => {
          const name = some.join("_or_");
          shared[name] ??= describeErrors(some, writer);
          return [status, { $ref: `#/components/responses/${name}` }];
        }),
      );
    },
  };
}
