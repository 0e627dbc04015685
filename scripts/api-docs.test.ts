import { beforeAll, describe, expect, it } from "@jest/globals";
import { makeDocuments } from "../src/api-docs/documents.js";
import { findDanglingReferences, findProblems, toText } from "./api-docs.mjs";

type Documents = ReturnType<typeof makeDocuments>;

const texts = new Map<string, string>();
const read = (name: string) => texts.get(name) ?? null;

beforeAll(async () => {
  for (const [name, document] of Object.entries(makeDocuments())) texts.set(name, await toText(document));
});

/** What is found after something was done to the documents. */
async function problemsAfter(change: (documents: Documents) => void): Promise<string[]> {
  const documents = structuredClone(makeDocuments());
  change(documents);
  return findProblems(documents, read);
}

describe("the check of the API's documents", () => {
  it("finds nothing in those that the protocol makes", async () => {
    expect(await problemsAfter(() => undefined)).toEqual([]);
  });

  it("reports an OpenAPI document that is none", async () => {
    const problems = await problemsAfter((documents) => {
      delete documents["openapi.json"]["info"];
    });

    expect(problems).toContainEqual(expect.stringMatching(/^openapi\.json breaks its specification: .*'info'/));
  });

  it("reports an AsyncAPI document that is none", async () => {
    const problems = await problemsAfter((documents) => {
      documents["asyncapi.json"]["operations"] = { wave: { action: "wave", channel: { $ref: "#/channels/chat" } } };
    });

    expect(problems).toContainEqual(expect.stringMatching(/^asyncapi\.json breaks its specification: \/operations/));
  });

  it("reports a reference that leads nowhere", async () => {
    const problems = await problemsAfter((documents) => {
      delete (documents["openapi.json"]["components"] as { schemas: Record<string, unknown> }).schemas["Room"];
    });

    expect(problems).toContain("openapi.json refers to #/components/schemas/Room, which is not there.");
    expect(findDanglingReferences({ a: { $ref: "https://example.org/x.json" } })).toEqual([
      "https://example.org/x.json",
    ]);
  });

  it("reports what stands in docs/ when it is old, or missing", async () => {
    const old = (name: string) => (name === "openapi.json" ? null : (read(name) ?? "").replace("Parlance", "Palaver"));

    const problems = await findProblems(makeDocuments(), old);

    expect(problems).toEqual([
      "docs/openapi.json is not what src/protocol says: run node scripts/run.mjs write-api-docs.",
      "docs/asyncapi.json is not what src/protocol says: run node scripts/run.mjs write-api-docs.",
    ]);
  });
});
