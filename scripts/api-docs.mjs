/** The API's documents in docs/: written from the protocol, and held against it and against their specifications. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync, writeFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import prettier from "prettier";
import { root } from "./process.mjs";

/** @typedef {{ "openapi.json": Record<string, unknown>, "asyncapi.json": Record<string, unknown> }} Documents */

const pathOf = (/** @type {string} */ name) => join(root, "docs", name);

/**
 * Makes the documents from the sources as they are now.
 *
 * @returns {Promise<Documents>}
 */
export async function makeDocuments() {
  const { tsImport } = await import("tsx/esm/api");
  const module = await tsImport("../src/api-docs/documents.ts", import.meta.url);
  return module.makeDocuments();
}

/** The text of a document as it stands in docs/, in the form that `npm run format` gives it. */
export async function toText(/** @type {unknown} */ document) {
  const path = pathOf("openapi.json");
  return prettier.format(JSON.stringify(document), { ...(await prettier.resolveConfig(path)), filepath: path });
}

/** Writes docs/openapi.json and docs/asyncapi.json. */
export async function writeDocuments() {
  for (const [name, document] of Object.entries(await makeDocuments()))
    writeFileSync(pathOf(name), await toText(document));
}

/** References of a document that lead nowhere. */
export function findDanglingReferences(/** @type {unknown} */ document) {
  /** @type {string[]} */
  const dangling = [];
  const visit = (/** @type {unknown} */ value) => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "$ref" && typeof inner === "string" && !leadsSomewhere(document, inner)) dangling.push(inner);
      else visit(inner);
    }
  };
  visit(document);
  return [...new Set(dangling)];
}

function leadsSomewhere(/** @type {unknown} */ document, /** @type {string} */ reference) {
  if (!reference.startsWith("#/")) return false;
  /** @type {unknown} */
  let place = document;
  for (const part of reference.slice(2).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, key)) return false;
    place = /** @type {Record<string, unknown>} */ (place)[key];
  }
  return true;
}

/** Where a document breaks OpenAPI 3.1, a line each. */
async function breaksOpenApi(/** @type {Record<string, unknown>} */ document) {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  if (valid) return [];
  return typeof errors === "string" ? [errors] : (errors ?? []).map(toLine);
}

/** Where a document breaks AsyncAPI 3.0, a line each. */
function breaksAsyncApi(/** @type {unknown} */ document) {
  const require = createRequire(import.meta.url);
  const schema = require("@asyncapi/specs/schemas/3.0.0-without-$id.json");
  // Formats are not what breaks a document; ajv knows none of them by itself.
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  return validate(document) ? [] : (validate.errors ?? []).map(toLine);
}

const toLine = (/** @type {{ instancePath: string, message?: string }} */ { instancePath, message = "is wrong" }) =>
  `${instancePath === "" ? "the whole" : instancePath} ${message}`;

/**
 * One line for everything that is wrong with the documents, or with what stands in docs/.
 *
 * @param {Documents} documents - as made from the sources
 * @param {(name: string) => string | null} [read] - what stands in docs/; null: nothing
 */
export async function findProblems(documents, read = readFromDocs) {
  const broken = {
    "openapi.json": await breaksOpenApi(documents["openapi.json"]),
    "asyncapi.json": breaksAsyncApi(documents["asyncapi.json"]),
  };
  const problems = [];
  for (const name of /** @type {const} */ (["openapi.json", "asyncapi.json"])) {
    for (const line of broken[name]) problems.push(`${name} breaks its specification: ${line}.`);
    for (const reference of findDanglingReferences(documents[name]))
      problems.push(`${name} refers to ${reference}, which is not there.`);
    if (read(name) !== (await toText(documents[name])))
      problems.push(`docs/${name} is not what src/protocol says: run node scripts/run.mjs write-api-docs.`);
  }
  return problems;
}

function readFromDocs(/** @type {string} */ name) {
  try {
    return readFileSync(pathOf(name), "utf8");
  } catch {
    return null;
  }
}
