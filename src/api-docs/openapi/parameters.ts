/** What stands in a call's path, query and headers. */
import type { z } from "zod";
import type { EndpointShape, ParamNames } from "../../protocol/endpoints/endpoint.js";
import type { EndpointName, Endpoints } from "../../protocol/endpoints/index.js";
import { clientId, id, seq } from "../../protocol/scalars.js";
import type { Json, SchemaWriter } from "../json-schema.js";

/** Every name that stands in a path; one that is missing here does not compile. */
const PATH_PARAMS: Record<ParamNames<Endpoints[EndpointName]>, { description: string; schema: z.ZodType }> = {
  roomId: { description: "A room's id: GET /rooms has those one is in.", schema: id },
  userId: { description: "A user's id: GET /me has one's own, GET /users finds others.", schema: id },
  sessionId: { description: "A session's id, from GET /me/sessions.", schema: id },
  seq: { description: "A position in the room's log.", schema: seq },
};
const isPathParam = (name: string): name is keyof typeof PATH_PARAMS => Object.hasOwn(PATH_PARAMS, name);

const IDEMPOTENCY_KEY = { $ref: "#/components/parameters/IdempotencyKey" };

/** Without an example: "try it" would send the same key each time, and get the first answer again. */
export const idempotencyKey = (writer: SchemaWriter): Json => ({
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "A clientId: repeat the call with the same one when no answer came, and it is carried out once [L4]. Without it the server makes one. Where the body has a `clientId` too, both must be the same.",
  schema: writer.input(clientId),
});

/** `/rooms/:roomId` as OpenAPI writes it. */
export const toTemplate = (path: string): string => path.replaceAll(/:(\w+)/g, "{$1}");

function inPath(path: string, writer: SchemaWriter): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => {
    if (!isPathParam(name)) throw new Error(`"${name}" in ${path} is not described.`);
    const { description, schema } = PATH_PARAMS[name];
    return { name, in: "path", required: true, description, schema: writer.input(schema) };
  });
}

/** A query string is text; the documents tell what it stands for, so a whole number is an integer there. */
function inQuery(query: z.ZodType, writer: SchemaWriter): Json[] {
  const { properties = {} } = writer.output(query) as { properties?: Record<string, Json> };
  const { required = [] } = writer.input(query) as { required?: string[] };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    ...(schema["type"] === "array" ? { style: "form", explode: false } : {}),
    schema,
  }));
}

/** All parameters of a call. */
export function parametersOf({ method, path, query }: EndpointShape, writer: SchemaWriter): Json[] {
  return [
    ...inPath(path, writer),
    ...(query === undefined ? [] : inQuery(query, writer)),
    ...(method === "GET" ? [] : [IDEMPOTENCY_KEY]),
  ];
}
