/**
 * Freezes the wire: everything that clients were told, as JSON Schema, stands in frozen-wire.json beside this file. A change
 * that nobody meant turns this red.
 *
 * Adding a field to an answer, a call, an event or an error code is free; what stands there keeps its name, shape and meaning,
 * because clients that are out there rely on it. When a change is meant, write the file anew and look at its diff:
 *
 *     FREEZE_WIRE=1 npm test -- src/protocol/frozen-wire && npm run format
 *
 * Titles and descriptions are words about the wire, and free.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { endpoints } from "./endpoints/index.js";
import type { EndpointShape } from "./endpoints/endpoint.js";
import { entrySchema, messageEntrySchema } from "./entries.js";
import { ERRORS } from "./errors.js";
import { ackErrorSchema, clientEvents, handshakeSchema, serverEvents } from "./events.js";
import { LIMITS } from "./limits.js";
import { moment } from "./scalars.js";
import {
  fileSchema,
  meSchema,
  membershipSchema,
  pageSchema,
  presenceSchema,
  problemSchema,
  roomSchema,
  roomViewSchema,
  userSchema,
} from "./shapes.js";

const FILE = join(import.meta.dirname, "frozen-wire.json");

/** Written out once, and named where they are used. */
const shapes = {
  User: userSchema,
  Me: meSchema,
  Room: roomSchema,
  Membership: membershipSchema,
  RoomView: roomViewSchema,
  Presence: presenceSchema,
  Entry: entrySchema,
  Message: messageEntrySchema,
  File: fileSchema,
  Page: pageSchema,
  Moment: moment,
  Problem: problemSchema,
} as const;
const nameOf = new Map<unknown, string>(Object.entries(shapes).map(([name, schema]) => [schema, name]));

/** `io`: a client puts in what stands before transforms, the server sends what stands after them. */
function describe(schema: z.ZodType, io: "input" | "output", isNamed = true): unknown {
  const whole: unknown = schema;
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      delete jsonSchema.title;
      delete jsonSchema.description;
      const name = nameOf.get(zodSchema);
      if (name === undefined || (zodSchema === whole && !isNamed)) return;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      jsonSchema["shape"] = name;
    },
  });
  return json;
}
const input = (schema: z.ZodType) => describe(schema, "input");
const output = (schema: z.ZodType) => describe(schema, "output");

function mapValues<T>(record: Record<string, T>, map: (value: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

const describeCall = ({ method, path, access, query, body, answers, errors }: EndpointShape) => ({
  call: `${method} ${path}`,
  access,
  ...(query === undefined ? {} : { query: input(query) }),
  ...(body === undefined ? {} : { body: input(body) }),
  answers: mapValues(answers, (schema) => (schema === null ? null : output(schema))),
  errors,
});

/** The wire as it is now, as it comes back from a file. */
function wire(): unknown {
  const calls = mapValues<EndpointShape>(endpoints, describeCall);
  return JSON.parse(
    JSON.stringify({
      limits: LIMITS,
      errors: ERRORS,
      shapes: mapValues<z.ZodType>(shapes, (schema) => describe(schema, "output", false)),
      ackError: output(ackErrorSchema),
      handshake: input(handshakeSchema),
      clientEvents: mapValues(clientEvents, ({ payload, data }) => ({ payload: input(payload), ack: output(data) })),
      serverEvents: mapValues<z.ZodType>(serverEvents, output),
      calls,
    }),
  ) as unknown;
}

it("the wire is as it was frozen", () => {
  if (process.env["FREEZE_WIRE"] === "1") writeFileSync(FILE, JSON.stringify(wire(), null, 2));

  expect(wire()).toEqual(JSON.parse(readFileSync(FILE, "utf8")));
});
