/** Shows JSON Schema to a person: the fields of an object, each with its type and what it means. */
import { h } from "./dom.js";
import { inline } from "./markdown.js";

/**
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {string | string[]} [type]
 * @property {string} [description]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {Schema} [items]
 * @property {Schema | boolean} [additionalProperties]
 * @property {Schema[]} [allOf]
 * @property {Schema[]} [anyOf]
 * @property {Schema[]} [oneOf]
 * @property {unknown[]} [enum]
 * @property {unknown} [const]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [minLength]
 * @property {number} [maxLength]
 * @property {number} [maxItems]
 */

const refOf = (/** @type {Schema} */ schema) =>
  schema.$ref ?? schema.allOf?.find(({ $ref }) => $ref !== undefined)?.$ref;

/** The shape's name at the end of a reference. */
export const nameOf = (/** @type {string} */ ref) => ref.slice(ref.lastIndexOf("/") + 1);

/** @returns {string} "1 to 5", "at least 1", or nothing */
function range(/** @type {number | undefined} */ low, /** @type {number | undefined} */ high) {
  if (low !== undefined && high !== undefined) return ` ${low} to ${high}`;
  if (low !== undefined) return ` from ${low}`;
  return high === undefined ? "" : ` up to ${high}`;
}

/** @returns {(Node | string)[]} the items with a separator between */
function join(/** @type {(Node | string)[][]} */ items, /** @type {string} */ separator) {
  return items.flatMap((item, index) => (index === 0 ? item : [separator, ...item]));
}

/** What a value is, in a few words, named shapes as links. @returns {(Node | string)[]} */
export function typeOf(/** @type {Schema} */ schema) {
  const ref = refOf(schema);
  if (ref !== undefined) return [h("a", { href: `#shape-${nameOf(ref)}` }, nameOf(ref))];
  if (schema.const !== undefined) return [h("code", {}, JSON.stringify(schema.const))];
  if (schema.enum !== undefined)
    return join(
      schema.enum.map((value) => [h("code", {}, String(value))]),
      " ",
    );
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return join(choices.map(typeOf), " or ");
  if (schema.type === "array") {
    const most = schema.maxItems === undefined ? "" : ` (up to ${schema.maxItems})`;
    return schema.items === undefined ? ["list"] : ["list of ", ...typeOf(schema.items), most];
  }
  if (typeof schema.additionalProperties === "object") return ["map of ", ...typeOf(schema.additionalProperties)];
  if (schema.type === "integer" || schema.type === "number") {
    return [`${schema.type}${range(schema.minimum, schema.maximum)}`];
  }
  if (schema.type === "string") {
    const length = range(schema.minLength, schema.maxLength);
    return [length === "" ? "string" : `string,${length} characters`];
  }
  return [String(schema.type ?? "anything")];
}

/** Objects without a name, inside of others, are shown as `outer.inner` or `outer[].inner`. */
function nestedIn(/** @type {Schema} */ schema, /** @type {string} */ path) {
  if (schema.properties !== undefined) return { schema, path: `${path}.` };
  if (schema.items?.properties !== undefined) return { schema: schema.items, path: `${path}[].` };
  return null;
}

/** @returns {HTMLElement[]} a row for each field */
function rows(/** @type {Schema} */ { properties = {}, required = [] }, /** @type {string} */ prefix) {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = prefix + name;
    const nested = refOf(schema) === undefined ? nestedIn(schema, path) : null;
    const row = h(
      "li",
      {},
      h("code", { class: "name" }, path),
      " ",
      h("span", { class: "type" }, ...typeOf(schema)),
      required.includes(name) ? null : h("span", { class: "optional" }, "optional"),
      schema.description === undefined ? null : h("p", {}, ...inline(schema.description)),
    );
    return [row, ...(nested === null ? [] : rows(nested.schema, nested.path))];
  });
}

/** The fields of an object, or what else the schema is. */
export function showSchema(/** @type {Schema} */ schema) {
  const list = rows(schema, "");
  if (list.length > 0) return h("ul", { class: "fields" }, ...list);
  if (schema.properties !== undefined || (schema.type === "object" && typeof schema.additionalProperties !== "object"))
    return h("p", { class: "plain" }, "An empty object.");
  const described = (schema.oneOf ?? []).filter(({ description }) => description !== undefined);
  if (described.length === 0) return h("p", { class: "plain" }, ...typeOf(schema));
  const values = described.map((choice) =>
    h("li", {}, h("span", { class: "name" }, ...typeOf(choice)), h("p", {}, ...inline(choice.description ?? ""))),
  );
  return h("ul", { class: "fields" }, ...values);
}

/** JSON as text; a long one scrolls, for the keyboard as well. */
export const showJson = (/** @type {unknown} */ value, /** @type {string} */ label) =>
  h("pre", { tabindex: "0", role: "group", "aria-label": label }, JSON.stringify(value, null, 2));
