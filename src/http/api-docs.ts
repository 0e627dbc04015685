/** Serves the API's documents, and the pages that show them: ours from src/api-docs/pages, libraries out of their packages. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Router, type Request, type Response } from "express";
import { makeDocuments } from "../api-docs/documents.js";

const PAGES_DIR = fileURLToPath(new URL("../api-docs/pages", import.meta.url));

/** The pages, below /docs; everything else they are made of is asked for by its name. */
const PAGES = { "/docs": "docs.html", "/docs/events": "events.html" } as const;

const YEAR_S = 365 * 24 * 60 * 60;
const compress = promisify(gzip);

interface Asset {
  type: string;
  body: Buffer;
  zipped: Buffer;
  /** of its content */
  hash: string;
}

async function toAsset(type: string, body: Buffer): Promise<Asset> {
  const hash = createHash("sha256").update(body).digest("base64url").slice(0, 16);
  return { type, body, zipped: await compress(body), hash };
}

const typeOf = (name: string) => name.slice(name.lastIndexOf("."));

/** Where each file lies, by the one name under which it may be asked for: no other path ever reaches the disk. */
function findFiles(): Map<string, string> {
  const require = createRequire(import.meta.url);
  const swagger = dirname(require.resolve("swagger-ui-dist/package.json"));
  const socketIo = dirname(require.resolve("socket.io/package.json"));
  // A build that left the pages out serves none.
  const own = existsSync(PAGES_DIR) ? readdirSync(PAGES_DIR).filter((name) => /\.(html|css|js)$/.test(name)) : [];
  return new Map([
    ...own.map((name) => [name, join(PAGES_DIR, name)] as const),
    ["swagger-ui.css", join(swagger, "swagger-ui.css")],
    ["swagger-ui-bundle.js", join(swagger, "swagger-ui-bundle.js")],
    ["socket.io.esm.min.js", join(socketIo, "client-dist/socket.io.esm.min.js")],
  ]);
}

function send(request: Request, response: Response, { type, body, zipped, hash }: Asset): void {
  const isZipped = request.acceptsEncodings("gzip") === "gzip";
  response
    // Asked for by its content's hash, it never changes.
    .set("Cache-Control", request.query["v"] === hash ? `public, max-age=${YEAR_S}, immutable` : "no-cache")
    .set("ETag", `"${hash}${isZipped ? "-gz" : ""}"`)
    .vary("Accept-Encoding");
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  if (isZipped) response.set("Content-Encoding", "gzip");
  response.type(type).send(isZipped ? zipped : body);
}

/**
 * The router for `/openapi.json`, `/asyncapi.json`, `/docs` and what belongs to it, all open and without the database.
 *
 * What is asked for is read, made and compressed once, at its first request, and kept.
 */
export function createApiDocs(): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const files = findFiles();
  const assets = new Map<string, Promise<Asset>>();
  let documents: ReturnType<typeof makeDocuments> | null = null;

  function once(name: string, make: () => Promise<Asset>): Promise<Asset> {
    const known = assets.get(name);
    if (known !== undefined) return known;
    const made = make();
    assets.set(name, made);
    // A file that cannot be read now may be there the next time; whoever asked is told by the promise itself.
    made.catch(() => assets.delete(name));
    return made;
  }

  const document = (name: keyof ReturnType<typeof makeDocuments>) =>
    once(name, () => {
      documents ??= makeDocuments();
      return toAsset("json", Buffer.from(JSON.stringify(documents[name])));
    });

  const file = (name: string, path: string) => once(name, async () => toAsset(typeOf(name), await readFile(path)));

  /** What a page names by its address, it names by its content: then it is fetched once. */
  const page = (name: string, path: string) =>
    once(name, async () => {
      const html = await readFile(path, "utf8");
      const names = [...html.matchAll(/"\/api\/v1\/docs\/([\w.-]+\.(?:js|css))"/g)].map(([, found = ""]) => found);
      let versioned = html;
      for (const found of new Set(names)) {
        const { hash } = await file(found, files.get(found) ?? join(PAGES_DIR, found));
        versioned = versioned.replaceAll(`"/api/v1/docs/${found}"`, `"/api/v1/docs/${found}?v=${hash}"`);
      }
      return toAsset("html", Buffer.from(versioned));
    });

  for (const name of ["openapi.json", "asyncapi.json"] as const) {
    router.get(`/${name}`, async (request, response) => send(request, response, await document(name)));
  }
  for (const [address, name] of Object.entries(PAGES)) {
    const path = files.get(name);
    if (path === undefined) continue;
    router.get(address, async (request, response) => send(request, response, await page(name, path)));
    router.get(`${address}/`, (_request, response) => response.redirect(308, `/api/v1${address}`));
  }
  router.get("/docs/:file", async (request, response, next) => {
    const name = request.params["file"];
    const path = name.endsWith(".html") ? undefined : files.get(name);
    if (path === undefined) next();
    else send(request, response, await file(name, path));
  });
  return router;
}
