/** Serves the built web client: hashed files for good, its page fresh each time, compressed beforehand where the build did so. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import express, { Router, type Request, type Response } from "express";

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** What the build may have put beside a file, best first. */
const ENCODINGS = [
  { encoding: "br", suffix: ".br" },
  { encoding: "gzip", suffix: ".gz" },
] as const;

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Parlance</title>
<h1>The web client is not built yet</h1>
<p>Run <code>npm run build</code> in the project's folder, then start the server again.</p>
</html>
`;

/** Paths that belong to the server, whoever asks. */
const SERVER_PATHS = /^\/(api|socket\.io|healthz|readyz|metrics|assets)(\/|$)/;

function isNavigation(request: Request): boolean {
  const wantsPage =
    (request.method === "GET" || request.method === "HEAD") && request.accepts(["json", "html"]) === "html";
  return wantsPage && !SERVER_PATHS.test(request.path);
}

/** The files of a folder, as URL paths. */
function findFiles(dir: string): Set<string> {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" });
  return new Set(files.map((file) => `/${file.replaceAll("\\", "/")}`));
}

/**
 * The router that serves the client.
 *
 * @param dir - what the build made; null or without an index.html: every navigation gets a page that says how to build it
 */
export function createWebClient(dir: string | null): Router {
  const router = Router({ caseSensitive: true });
  if (dir === null || !existsSync(join(dir, "index.html"))) {
    router.use((request, response, next) => {
      if (isNavigation(request)) response.status(503).type("html").send(NOT_BUILT);
      else next();
    });
    return router;
  }

  const files = findFiles(dir);
  const serveFile = express.static(dir, {
    index: false,
    redirect: false,
    setHeaders: (response: Response) => {
      const immutable = response.req.path.startsWith("/assets/");
      response.set("Cache-Control", immutable ? `public, max-age=${YEAR_MS / 1000}, immutable` : "no-cache");
    },
  });

  router.use((request, response, next) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      next();
      return;
    }
    const path = isNavigation(request) && !files.has(request.path) ? "/index.html" : request.path;
    const choice = ENCODINGS.find(
      ({ encoding, suffix }) => files.has(path + suffix) && request.acceptsEncodings(encoding) === encoding,
    );
    if (ENCODINGS.some(({ suffix }) => files.has(path + suffix))) response.vary("Accept-Encoding");
    if (choice !== undefined) {
      response.type(path.slice(path.lastIndexOf(".")));
      response.set("Content-Encoding", choice.encoding);
    }
    request.url = path + (choice?.suffix ?? "");
    serveFile(request, response, next);
  });
  return router;
}
