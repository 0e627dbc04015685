/** Turns schemas of the wire into JSON Schema, in which a shape that has a name is referred to, not copied. */
import { z } from "zod";
import { SHAPES } from "./shapes.js";

export type Json = Record<string, unknown>;

export interface SchemaWriter {
  /** What a client puts in: the form before transforms. */
  input(schema: z.ZodType): Json;
  /** What the server sends, or has after parsing. Receivers ignore fields they do not know, so no object is closed. */
  output(schema: z.ZodType): Json;
  /** The named shapes that were referred to so far, and what these refer to. */
  components(): Record<string, Json>;
}

const nameOf = new Map<unknown, string>(Object.entries(SHAPES).map(([name, schema]) => [schema, name]));

function shapeNamed(name: string): z.ZodType {
  const schema = SHAPES[name];
  if (schema === undefined) throw new Error(`No shape is named ${name}.`);
  return schema;
}

/** Beside a reference only words may stand. */
function keepWords(jsonSchema: Json): void {
  for (const key of Object.keys(jsonSchema)) {
    if (!["$ref", "allOf", "title", "description", "default"].includes(key)) delete jsonSchema[key];
  }
}

const isReference = (value: unknown): boolean => typeof value === "object" && value !== null && "$ref" in value;

/** @param target - OpenAPI 3.1 speaks draft 2020-12, AsyncAPI 3.0 draft 07 */
export function createSchemaWriter(target: "draft-2020-12" | "draft-07"): SchemaWriter {
  const used = new Set<string>();

  function write(schema: z.ZodType, io: "input" | "output", isWhole = false): Json {
    const whole: unknown = schema;
    const { $schema: _, ...json } = z.toJSONSchema(schema, {
      target,
      io,
      unrepresentable: "any",
      override({ zodSchema, jsonSchema }) {
        const name = nameOf.get(zodSchema);
        if (name !== undefined && !(isWhole && zodSchema === whole)) {
          used.add(name);
          for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
          jsonSchema.$ref = `#/components/schemas/${name}`;
          return;
        }
        // A described clone of a named shape: the reference, and its own words.
        if (isReference(jsonSchema) || jsonSchema.allOf?.some(isReference)) keepWords(jsonSchema);
        if (io === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
        // Zod's way of saying "any whole number".
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      },
    });
    return json;
  }

  return {
    input: (schema) => write(schema, "input"),
    output: (schema) => write(schema, "output"),
    components() {
      const made = new Map<string, Json>();
      // `used` grows while the shapes are written.
      for (const name of used) made.set(name, write(shapeNamed(name), "output", true));
      return Object.fromEntries(
        Object.keys(SHAPES).flatMap((name) => {
          const json = made.get(name);
          return json === undefined ? [] : [[name, json]];
        }),
      );
    },
  };
}
