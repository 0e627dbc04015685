import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeDocuments } from "../api-docs/documents.js";
import { callHttp, refusal, startEdge, type Edge } from "../../tests/support/edge.js";

const PAGES = join(import.meta.dirname, "../api-docs/pages");
const notFound = { status: 404, code: "not_found" };

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  edge.call("GET", `/api/v1${path}`, Object.keys(headers).length > 0 ? { headers } : {});
const policyOf = async (path: string) => String((await edge.call("GET", path)).headers["content-security-policy"]);

describe("the documents", () => {
  it.each(["openapi.json", "asyncapi.json"] as const)(
    "%s is served as the protocol makes it, to anybody",
    async (name) => {
      const answer = await get(`/${name}`);

      expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
      expect(answer.body).toEqual(JSON.parse(JSON.stringify(makeDocuments()[name])));
    },
  );

  it("are there while the database is away", async () => {
    const away = await startEdge({ app: { isAvailable: () => false } });
    try {
      for (const path of ["/openapi.json", "/asyncapi.json", "/docs", "/docs/events", "/docs/docs.js"]) {
        expect((await away.call("GET", `/api/v1${path}`)).status).toBe(200);
      }
    } finally {
      await away.close();
    }
  });

  it("are not sent again to whoever has them", async () => {
    const { etag = "" } = (await get("/openapi.json")).headers;

    const again = await get("/openapi.json", { "If-None-Match": etag });

    expect([again.status, again.text]).toEqual([304, ""]);
  });

  it("come compressed to whoever takes that", async () => {
    const answer = await fetch(`${edge.url}/api/v1/openapi.json`, { headers: { "Accept-Encoding": "gzip" } });

    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(answer.headers.get("vary")).toMatch(/accept-encoding/i);
    expect(await answer.json()).toMatchObject({ openapi: "3.1.0" });
  });
});

/** What a page or a module of ours asks for, as addresses. */
function addressesIn(source: string): string[] {
  const named = [...source.matchAll(/(?:href|src)="(\/api\/v1\/docs\/[^"]+\.(?:js|css)[^"]*)"/g)];
  const imported = [...source.matchAll(/from "\.\/([^"]+)"/g)].map(([, name = ""]) => ["", `/api/v1/docs/${name}`]);
  return [...named, ...imported].map(([, address = ""]) => address);
}

describe("the pages", () => {
  it.each(["/docs", "/docs/events"])("%s: everything that it is made of is there", async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(answer.headers["cache-control"]).toBe("no-cache");

    const addresses = new Set(addressesIn(answer.text));
    expect(addresses.size).toBeGreaterThan(2);
    for (const address of addresses) {
      const { status, headers, text } = await edge.call("GET", address);
      expect([address, status]).toEqual([address, 200]);
      expect(headers["content-type"]).toMatch(/^text\/(javascript|css)/);
      // What a page names, it names by its content; what a module imports is asked for anew.
      expect(headers["cache-control"]).toMatch(address.includes("?v=") ? /max-age=31536000, immutable$/ : /^no-cache$/);
      if (!/swagger-ui|socket\.io/.test(address)) for (const more of addressesIn(text)) addresses.add(more);
    }
  });

  it("are asked for anew when they are named by other content", async () => {
    const answer = await get("/docs/docs.js?v=old");

    expect([answer.status, answer.headers["cache-control"]]).toEqual([200, "no-cache"]);
  });

  it("name no other host, and hold no script or style of their own", () => {
    for (const name of readdirSync(PAGES).filter((file) => /\.(html|css|js)$/.test(file))) {
      const source = readFileSync(join(PAGES, name), "utf8");
      expect([name, source.match(/https?:\/\/|@import|innerHTML|eval\(/)?.[0]]).toEqual([name, undefined]);
      if (name.endsWith(".html")) expect(source).not.toMatch(/<script>|<style|\son\w+=|\sstyle=/);
    }
  });

  it("are reached with a slash at the end, too", async () => {
    const answer = await get("/docs/");

    expect([answer.status, answer.headers["location"]]).toEqual([308, "/api/v1/docs"]);
  });

  it("answer HEAD without a body", async () => {
    const answer = await edge.call("HEAD", "/api/v1/docs/swagger-ui-bundle.js");

    expect([answer.status, answer.text]).toEqual([200, ""]);
  });

  it("keep the library as its package has it", async () => {
    const answer = await fetch(`${edge.url}/api/v1/docs/swagger-ui.css`, { headers: { "Accept-Encoding": "gzip" } });
    const packed = await callHttp(edge.port, "GET", "/api/v1/docs/swagger-ui.css");

    expect(await answer.text()).toBe(packed.text);
    expect(packed.text).toBe(readFileSync(join(PAGES, "../../../node_modules/swagger-ui-dist/swagger-ui.css"), "utf8"));
  });

  it.each([
    "/docs/nothing.js",
    "/docs/docs.html",
    "/docs/tsconfig.json",
    "/docs/index.js",
    "/docs/package.json",
    "/docs/..%2fdocuments.js",
    "/docs/../../../package.json",
    "/docs/%2e%2e%2fopenapi%2fopenapi.ts",
    "/docs/..%5cdocuments.js",
    "/docs/%00",
    "/docs/constructor",
    "/docs/events/events.js",
  ])("serve nothing but their own files: %s", async (path) => {
    expect(refusal(await get(path))).toEqual(notFound);
  });

  it("take nothing", async () => {
    expect(refusal(await edge.call("POST", "/api/v1/docs"))).toEqual(notFound);
  });
});

describe("the policy", () => {
  it("of Swagger UI's page alone goes without Trusted Types, and lets in nothing else", async () => {
    const [swagger, usual] = [await policyOf("/api/v1/docs"), await policyOf("/")];

    expect(usual).toContain("require-trusted-types-for 'script'");
    expect(swagger.split(";").toSorted()).toEqual(
      usual
        .split(";")
        .filter((directive) => !directive.includes("trusted-types"))
        .toSorted(),
    );
    expect(swagger).not.toMatch(/unsafe|https?:|\*/);
  });

  it.each([
    "/",
    "/rooms/x",
    "/api/v1/docs/events",
    "/api/v1/docs/",
    "/api/v1/docs/docs.js",
    "/api/v1/docs/nothing",
    "/api/v1/openapi.json",
    "/api/v1/me",
    "/healthz",
  ])("of %s is the usual one", async (path) => {
    expect(await policyOf(path)).toBe(await policyOf("/api/v1/server"));
    expect(await policyOf(path)).toContain("trusted-types 'none'");
  });
});
