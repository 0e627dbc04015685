import fc from "fast-check";
import { z } from "zod";
import { endpoints } from "./endpoints/index.js";
import type { EndpointShape } from "./endpoints/endpoint.js";
import { ChatError, type FieldProblem } from "./errors.js";
import { clientEvents } from "./events.js";
import { parse } from "./parse.js";

const schema = z.strictObject({ name: z.string(), inner: z.strictObject({ count: z.int() }).optional() });

/** What a value is refused with. */
function refusal(value: unknown, by: z.ZodType = schema): { detail: string; fields: FieldProblem[] | undefined } {
  try {
    parse(by, value);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    expect(error.code).toBe("invalid_request");
    return { detail: error.message, fields: error.fields };
  }
  throw new Error("The value was not refused.");
}

const paths = (value: unknown, by?: z.ZodType) => refusal(value, by).fields?.map(({ path }) => path);

it("gives back what the schema makes of the value", () => {
  expect(parse(z.strictObject({ name: z.string().overwrite((name) => name.trim()) }), { name: " a " })).toEqual({
    name: "a",
  });
});

it("names each place that is wrong, by its dotted path", () => {
  expect(paths({ name: 1, inner: { count: 1.5 } })).toEqual(["name", "inner.count"]);
  expect(paths({})).toEqual(["name"]);
  expect(paths(z.strictObject({ list: z.array(z.string()) }), z.string())).toEqual([""]);
  expect(paths({ list: ["a", 2] }, z.strictObject({ list: z.array(z.string()) }))).toEqual(["list.1"]);
});

it("refuses unknown fields, at any depth, and names every one of them", () => {
  expect(paths({ name: "a", role: "admin", inner: { count: 1, more: 2 } })).toEqual(["inner.more", "role"]);
  expect(refusal({ name: "a", role: "admin" }).detail).toBe("role: Is not a field of this request.");
});

it.each(["__proto__", "constructor", "prototype"])(
  "refuses the key %s at any depth, also where any key may stand",
  (key) => {
    const anything = z.record(z.string(), z.unknown());
    const at = (value: unknown) => JSON.parse(JSON.stringify({ HERE: value }).replace("HERE", key)) as object;

    expect(paths(at(1), anything)).toEqual([key]);
    expect(paths({ deep: [{ er: at({}) }] }, anything)).toEqual([`deep.0.er.${key}`]);
    expect(paths({ name: "a", ...{ inner: at(1) } })).toEqual([`inner.${key}`]);
  },
);

it("reads a value that nests deeper than the stack", () => {
  const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));

  expect(paths({ name: deep })).toEqual(["name"]);
});

it("names at most 20 places", () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, index]));

  expect(paths({ name: "a", ...many })).toHaveLength(20);
});

const schemas: [string, z.ZodType][] = [
  ...Object.entries(clientEvents).map(([name, { payload }]): [string, z.ZodType] => [name, payload]),
  ...Object.entries<EndpointShape>(endpoints).flatMap(([name, { body, query }]): [string, z.ZodType][] => [
    ...(body === undefined ? [] : [[`the body of ${name}`, body] as [string, z.ZodType]]),
    ...(query === undefined ? [] : [[`the query of ${name}`, query] as [string, z.ZodType]]),
  ]),
];

/** Names that the schemas know, so that values come near to what they take. */
const fieldNames = [
  "roomId",
  "clientId",
  "text",
  "replyTo",
  "fileIds",
  "heads",
  "token",
  "name",
  "kind",
  "limit",
  "ids",
];
const values = fc.anything({
  key: fc.oneof(fc.constantFrom(...fieldNames, "__proto__", "constructor"), fc.string()),
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withUnicodeString: true,
  maxDepth: 4,
});

it.each(schemas)("[D5] whatever comes as %s is taken or refused with a ChatError", (_, one) => {
  fc.assert(
    fc.property(values, (value) => {
      try {
        parse(one, value);
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        expect(error.code).toBe("invalid_request");
        for (const { path, message } of error.fields ?? [])
          expect([typeof path, message.length > 0]).toEqual(["string", true]);
      }
    }),
    { numRuns: 300 },
  );
});
