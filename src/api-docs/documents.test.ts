import { describe, expect, it } from "@jest/globals";
import type { z } from "zod";
import { findDanglingReferences } from "../../scripts/api-docs.mjs";
import { endpoints, type EndpointName } from "../protocol/endpoints/index.js";
import type { EndpointShape } from "../protocol/endpoints/endpoint.js";
import { ERRORS, type ErrorCode } from "../protocol/errors.js";
import { CLIENT_EVENTS, SERVER_EVENTS } from "../protocol/event-names.js";
import { ackErrorSchema, clientEvents, serverEvents } from "../protocol/events.js";
import { problemSchema } from "../protocol/shapes.js";
import { makeDocuments } from "./documents.js";
import { ackErrorExample, problemExample } from "./error-notes.js";
import { clientEventExamples, serverEventExamples } from "./examples/events.js";
import { endpointExamples } from "./examples/index.js";

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  security: Record<string, unknown>[];
  parameters?: { $ref?: string; name?: string; in?: string; required?: boolean; schema?: { type?: string } }[];
  requestBody?: { content: Record<string, { schema: object; examples: Record<string, { value: unknown }> }> };
  responses: Record<string, { $ref?: string; content?: Record<string, { example: unknown }> }>;
}
interface OpenApi {
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, object>;
    responses: Record<string, { headers?: object; content: Record<string, { examples: object }> }>;
  };
}
interface AsyncApi {
  operations: Record<string, { action: string; title: string; summary: string; description: string; reply?: object }>;
  components: { messages: Record<string, { name: string; examples: { payload: unknown }[] }>; schemas: object };
}

const documents = makeDocuments();
const openApi = documents["openapi.json"] as unknown as OpenApi;
const asyncApi = documents["asyncapi.json"] as unknown as AsyncApi;
const names = Object.keys(endpoints) as EndpointName[];
const codes = Object.keys(ERRORS) as ErrorCode[];

function operationOf(name: EndpointName): Operation {
  const { method, path } = endpoints[name];
  const operation = openApi.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`${method} ${path} is not in the document.`);
  return operation;
}

/** The codes of a call's errors, as the names of the shared answers tell them. */
const codesOf = ({ responses }: Operation) =>
  Object.values(responses).flatMap(({ $ref }) => $ref?.replace(/^.*\//, "").split("_or_") ?? []);

/** Parses to the very same: nothing unknown was left out, nothing was changed. */
function expectToParse(schema: z.ZodType, value: unknown): void {
  expect(schema.parse(value)).toEqual(value);
}

describe("the OpenAPI document", () => {
  it("has every call of the table once, and no other", () => {
    const ids = Object.values(openApi.paths).flatMap((path) => Object.values(path).map((one) => one.operationId));

    expect(ids.toSorted()).toEqual(names.toSorted());
  });

  it.each(names)("says of %s what it is, who may call it, what it takes and what it answers", (name) => {
    const endpoint: EndpointShape = endpoints[name];
    const operation = operationOf(name);
    const parameters = operation.parameters ?? [];

    expect(operation.summary).toBe(endpoint.summary);
    expect(openApi.tags.map((tag) => tag.name)).toContain(operation.tags[0]);
    expect(operation.security.flatMap((one) => Object.keys(one))).toEqual(
      { open: [], token: ["bearer"], cookie: ["refreshCookie"], either: ["bearer", "refreshCookie"] }[endpoint.access],
    );
    const inPath = parameters.filter((parameter) => parameter.in === "path").map((parameter) => parameter.name);
    expect(inPath).toEqual([...endpoint.path.matchAll(/:(\w+)/g)].map(([, found]) => found));
    expect(parameters.some(({ $ref }) => $ref === "#/components/parameters/IdempotencyKey")).toBe(
      endpoint.method !== "GET",
    );
    expect(operation.requestBody !== undefined).toBe(endpoint.body !== undefined);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(Object.keys(endpoint.answers)));
  });

  it.each(names)("names every error of %s, those that any call may meet too", (name) => {
    const endpoint: EndpointShape = endpoints[name];
    const found = codesOf(operationOf(name));

    expect(found).toEqual(
      expect.arrayContaining([...endpoint.errors, "invalid_request", "rate_limited", "unavailable", "internal"]),
    );
    expect(found.includes("token_expired")).toBe(endpoint.access === "token" || endpoint.access === "either");
    expect(found.includes("payload_too_large")).toBe(endpoint.body !== undefined);
  });

  it("uses every error code, each with a problem as its example", () => {
    expect([...new Set(names.flatMap((name) => codesOf(operationOf(name))))].toSorted()).toEqual(codes.toSorted());
    for (const [name, { content }] of Object.entries(openApi.components.responses)) {
      expect(Object.keys(content["application/problem+json"]?.examples ?? {})).toEqual(name.split("_or_"));
    }
    expect(Object.keys(openApi.components.responses["rate_limited"]?.headers ?? {})).toEqual([
      "Retry-After",
      "RateLimit",
      "RateLimit-Policy",
    ]);
  });

  it("tells whole numbers of a query from text, and a list from one", () => {
    const typesOf = (name: EndpointName) =>
      Object.fromEntries((operationOf(name).parameters ?? []).map((one) => [one.name, one.schema?.type]));

    expect(typesOf("listMessages")).toMatchObject({ before: "integer", after: "integer", limit: "integer" });
    expect(typesOf("listUsers")).toMatchObject({ query: "string", ids: "array" });
  });

  it("shows the examples, and none of a clientId that somebody would send by accident", () => {
    for (const name of names) {
      const { bodies, answers } = endpointExamples[name] as { bodies?: object; answers: Record<string, unknown> };
      const { requestBody, responses } = operationOf(name);
      const shown = Object.values(requestBody?.content["application/json"]?.examples ?? {}).map(({ value }) => value);

      expect(shown).toEqual(Object.values(bodies ?? {}));
      for (const [status, answer] of Object.entries(answers)) {
        expect(responses[status]?.content?.["application/json"]?.example).toEqual(answer);
      }
      expect(shown[0] ?? {}).not.toHaveProperty("clientId");
    }
  });

  it("leaves answers open to new fields, and bodies closed", () => {
    expect(openApi.components.schemas["Room"]).not.toHaveProperty("additionalProperties");
    expect(operationOf("createRoom").requestBody?.content["application/json"]?.schema).toMatchObject({
      additionalProperties: false,
    });
  });
});

describe("the AsyncAPI document", () => {
  it("has every event of the tables: clients' received and acked, the server's sent", () => {
    const received = Object.values(asyncApi.operations).filter(({ action }) => action === "receive");
    const sent = Object.values(asyncApi.operations).filter(({ action }) => action === "send");

    expect(received.map(({ title }) => title)).toEqual(Object.values(CLIENT_EVENTS));
    expect(received.every(({ reply }) => reply !== undefined)).toBe(true);
    expect(sent.map(({ title }) => title)).toEqual(Object.values(SERVER_EVENTS));
    for (const { summary, description } of [...received, ...sent]) {
      expect(summary).not.toBe("");
      expect(description).not.toBe("");
    }
  });

  it("gives each event an example, and each ack one that went well and one that did not", () => {
    const { messages } = asyncApi.components;

    for (const [key, event] of Object.entries(CLIENT_EVENTS)) {
      const { payload, data } = clientEventExamples[event];
      expect(messages[key]?.examples.map((example) => example.payload)).toEqual([payload]);
      expect(messages[`${key}Ack`]?.examples.map((example) => example.payload)).toEqual([
        { ok: true, data },
        { ok: false, error: expect.objectContaining({ code: expect.any(String) }) },
      ]);
    }
    for (const [key, event] of Object.entries(SERVER_EVENTS)) {
      expect(messages[key]?.examples.map((example) => example.payload)).toEqual([serverEventExamples[event]]);
    }
  });
});

describe("both documents", () => {
  it.each(["openapi.json", "asyncapi.json"] as const)("refer to what is there: %s", (name) => {
    expect(findDanglingReferences(documents[name])).toEqual([]);
  });

  it.each(["openapi.json", "asyncapi.json"] as const)("write a shape out once: %s", (name) => {
    const text = JSON.stringify(documents[name]);
    const definitions = (field: string) => text.split(`"${field}":{`).length - 1;

    // A field of MessageEntry, of Membership and of Room each.
    expect([definitions("changedSeq"), definitions("joinedAt"), definitions("archivedAt")]).toEqual([1, 1, 1]);
  });
});

describe("the examples", () => {
  it.each(names)("of %s are what the call takes and answers", (name) => {
    const endpoint: EndpointShape = endpoints[name];
    const { bodies = {}, answers } = endpointExamples[name] as { bodies?: object; answers: Record<number, unknown> };

    for (const body of Object.values(bodies)) expectToParse(endpoint.body as z.ZodType, body);
    for (const [status, schema] of Object.entries(endpoint.answers)) {
      if (schema !== null) expectToParse(schema, answers[Number(status)]);
    }
  });

  it.each(Object.values(CLIENT_EVENTS))("of %s are what the event carries and is acked with", (event) => {
    expectToParse(clientEvents[event].payload, clientEventExamples[event].payload);
    expectToParse(clientEvents[event].data, clientEventExamples[event].data);
  });

  it.each(Object.values(SERVER_EVENTS))("of %s are what the event carries", (event) => {
    expectToParse(serverEvents[event], serverEventExamples[event]);
  });

  it.each(codes)("of %s are a problem and an ack's error", (code) => {
    expectToParse(problemSchema, problemExample(code));
    expectToParse(ackErrorSchema, ackErrorExample(code));
  });
});
