/** The REST calls as an OpenAPI 3.1 document, made from the protocol's table of calls. */
import type { EndpointShape } from "../../protocol/endpoints/endpoint.js";
import { endpoints, type EndpointName } from "../../protocol/endpoints/index.js";
import { endpointExamples } from "../examples/index.js";
import { createSchemaWriter, type Json, type SchemaWriter } from "../json-schema.js";
import { entryKinds, entryShapeName } from "../shapes.js";
import { createErrorResponses, errorExamples, errorHeaders } from "./errors.js";
import { DESCRIPTION, TAGS } from "./info.js";
import { idempotencyKey, parametersOf, toTemplate } from "./parameters.js";

const SECURITY: Record<EndpointShape["access"], Json[]> = {
  open: [],
  token: [{ bearer: [] }],
  cookie: [{ refreshCookie: [] }],
  either: [{ bearer: [] }, { refreshCookie: [] }],
};

const securitySchemes = {
  bearer: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The `accessToken` of register, login or refresh; it lasts 15 minutes.",
  },
  refreshCookie: {
    type: "apiKey",
    in: "cookie",
    name: "parlance_refresh",
    description:
      "Set by register, login and refresh: HttpOnly, SameSite=Strict, for `/api/v1/auth` alone. A browser sends it by itself. A foreign `Origin` is refused (`forbidden`).",
  },
};

const SET_COOKIE = { "Set-Cookie": { $ref: "#/components/headers/Set-Cookie" } };
const COOKIE_CALLS: readonly EndpointName[] = ["register", "login", "refresh", "logout"];

const named = (values: object): Json =>
  Object.fromEntries(Object.entries(values).map(([summary, value]) => [toKey(summary), { summary, value }]));
/** Keys of examples are part of addresses: no spaces. */
const toKey = (summary: string) => summary.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

function successesOf(name: EndpointName, endpoint: EndpointShape, writer: SchemaWriter): Json {
  const examples: Partial<Record<string, unknown>> = endpointExamples[name].answers;
  const isRepeatable = endpoint.answers[200] !== undefined && endpoint.answers[201] !== undefined;
  const words: Record<string, string> = {
    200: isRepeatable ? "It was done before under this clientId: the first one." : "Done.",
    201: "Made.",
    204: "Done; there is nothing to say.",
  };
  return Object.fromEntries(
    Object.entries(endpoint.answers).map(([status, schema]) => [
      status,
      {
        description: words[status],
        ...(COOKIE_CALLS.includes(name) ? { headers: SET_COOKIE } : {}),
        ...(schema === null
          ? {}
          : { content: { "application/json": { schema: writer.output(schema), example: examples[status] } } }),
      },
    ]),
  );
}

function operationOf(
  name: EndpointName,
  writer: SchemaWriter,
  errors: ReturnType<typeof createErrorResponses>,
): [string, string, Json] {
  const endpoint: EndpointShape = endpoints[name];
  const { method, path, tag, summary, description, access, body } = endpoint;
  const parameters = parametersOf(endpoint, writer);
  const operation = {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: SECURITY[access],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": {
                schema: writer.input(body),
                examples: named(endpointExamples[name].bodies ?? {}),
              },
            },
          },
        }),
    responses: { ...successesOf(name, endpoint, writer), ...errors.of(endpoint) },
  };
  return [toTemplate(path), method.toLowerCase(), operation];
}

/** The document, made anew at each call. */
export function makeOpenApi(): Json {
  const writer = createSchemaWriter("draft-2020-12");
  const errors = createErrorResponses(writer);
  const paths: Record<string, Json> = {};
  for (const name of Object.keys(endpoints) as EndpointName[]) {
    const [path, method, operation] = operationOf(name, writer, errors);
    paths[path] = { ...paths[path], [method]: operation };
  }
  const parameters = { IdempotencyKey: idempotencyKey(writer) };
  const schemas = writer.components();
  const mapping = entryKinds.map((kind) => [kind, `#/components/schemas/${entryShapeName(kind)}`]);
  schemas["Entry"] = {
    ...schemas["Entry"],
    discriminator: { propertyName: "kind", mapping: Object.fromEntries(mapping) as Json },
  };
  return {
    openapi: "3.1.0",
    info: {
      title: "Parlance",
      // Of the wire, not of a release.
      version: "1",
      summary: "The REST calls of the chat server",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api/v1", description: "This server" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas,
      parameters,
      responses: errors.shared,
      headers: {
        ...errorHeaders,
        "Set-Cookie": { description: "The refresh cookie, renewed or cleared.", schema: { type: "string" } },
      },
      examples: errorExamples(),
      securitySchemes,
    },
  };
}
