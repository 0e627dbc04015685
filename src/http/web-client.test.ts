import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { callHttp, refusal, startEdge, type Edge } from "../../tests/support/edge.js";

const PAGE = "<!doctype html><title>Parlance</title>";
const SCRIPT = `console.log(${JSON.stringify("x".repeat(2_000))})`;
const html = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const notFound = { status: 404, code: "not_found" };

let dir: string;
let edge: Edge;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "parlance-client-"));
  await mkdir(join(dir, "assets"));
  await mkdir(join(dir, ".vite"));
  await writeFile(join(dir, "index.html"), PAGE);
  await writeFile(join(dir, "icon.svg"), "<svg/>");
  await writeFile(join(dir, ".vite", "manifest.json"), "{}");
  await writeFile(join(dir, "assets", "app-1a2b.js"), SCRIPT);
  await writeFile(join(dir, "assets", "app-1a2b.js.br"), brotliCompressSync(SCRIPT));
  await writeFile(join(dir, "assets", "app-1a2b.js.gz"), gzipSync(SCRIPT));
  await writeFile(join(dir, "assets", "plain-1a2b.css"), "a{}");
  await writeFile(join(dir, "..", "parlance-outside.txt"), "outside");
  edge = await startEdge({ app: { webClientDir: dir } });
});
afterAll(async () => {
  await edge.close();
  await rm(dir, { recursive: true });
  await rm(join(dir, "..", "parlance-outside.txt"));
});

const get = (path: string, headers: Record<string, string> = html) => edge.call("GET", path, { headers });

it.each(["/", "/rooms/abc", "/sign-in?next=%2F", "/rooms/v1.2", "/apidocs", "/%"])(
  "answers a navigation to %s with the page, fresh each time",
  async (path) => {
    const answer = await get(path);

    expect([answer.status, answer.text]).toEqual([200, PAGE]);
    expect(answer.headers["cache-control"]).toBe("no-cache");
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["content-security-policy"]).toContain("default-src 'self'");
  },
);

it("answers a page that is known with 304", async () => {
  const { headers } = await get("/");

  expect((await get("/rooms/abc", { ...html, "If-None-Match": headers.etag ?? "" })).status).toBe(304);
});

it.each(["/api/v1/nothing", "/api", "/socket.io/", "/assets/gone.js", "/assets"])(
  "never answers %s with the page",
  async (path) => {
    expect(refusal(await get(path))).toEqual(notFound);
  },
);

it("answers with the page only those who ask for one", async () => {
  expect(refusal(await get("/rooms/abc", { Accept: "application/json" }))).toEqual(notFound);
  expect(refusal(await get("/gone.png", { Accept: "image/avif,image/webp,*/*;q=0.8" }))).toEqual(notFound);
  expect(refusal(await get("/.vite/manifest.json", {}))).toEqual(notFound);
  expect(refusal(await edge.call("POST", "/rooms/abc", { headers: html }))).toEqual(notFound);
});

it("serves hashed files for good, as the best that was compressed beforehand and is taken", async () => {
  const [plain, gzip, br] = [
    await get("/assets/app-1a2b.js", {}),
    await get("/assets/app-1a2b.js", { "Accept-Encoding": "gzip" }),
    await get("/assets/app-1a2b.js", { "Accept-Encoding": "gzip, deflate, br" }),
  ];

  expect(plain.text).toBe(SCRIPT);
  expect([plain, gzip, br].map(({ headers }) => headers["content-encoding"])).toEqual([undefined, "gzip", "br"]);
  for (const { status, headers } of [plain, gzip, br]) {
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(headers["vary"]).toContain("Accept-Encoding");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  }
  expect(new Set([plain, gzip, br].map(({ headers }) => headers.etag)).size).toBe(3);
});

it("serves what was compressed as it was compressed", async () => {
  const answer = await fetch(`${edge.url}/assets/app-1a2b.js`, { headers: { "Accept-Encoding": "br" } });

  expect(answer.headers.get("content-encoding")).toBe("br");
  expect(await answer.text()).toBe(SCRIPT);
});

it("serves other files with no-cache, and HEAD without a body", async () => {
  const icon = await get("/icon.svg");
  const head = await edge.call("HEAD", "/icon.svg");

  expect([icon.status, icon.text, icon.headers["cache-control"]]).toEqual([200, "<svg/>", "no-cache"]);
  expect([head.status, head.text, head.headers["content-length"]]).toEqual([200, "", "6"]);
});

it.each([
  "/../parlance-outside.txt",
  "/assets/../../parlance-outside.txt",
  "/%2e%2e/parlance-outside.txt",
  "/..%2fparlance-outside.txt",
  "/assets/%00",
])("serves nothing outside its folder: %s", async (path) => {
  const answer = await get(path, {});

  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.text).not.toContain("outside");
});

it("says how to build the client where there is none", async () => {
  const bare = await startEdge({ app: { webClientDir: join(dir, "assets") } });
  const answer = await bare.call("GET", "/", { headers: html });
  const api = await callHttp(bare.port, "GET", "/api/v1/nothing", { headers: html });
  await bare.close();

  expect(answer.status).toBe(503);
  expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(answer.text).toContain("npm run build");
  expect(refusal(api)).toEqual(notFound);
});
