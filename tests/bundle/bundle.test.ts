/** What the web page is made of: no schemas, nothing of the server, and no more bytes than people should wait for. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";

interface Chunk {
  name: string;
  entry: boolean;
  imports: string[];
  modules: string[];
  gzipBytes: number;
}

/** The only modules of the server's side that the page may run; all else of the protocol is types. */
const SHARED = ["errors.ts", "event-names.ts", "limits.ts", "text.ts"].map((name) => `src/protocol/${name}`);
const KB = 1_000;

let chunks: Chunk[] = [];

beforeAll(() => {
  const script = join(import.meta.dirname, "list-modules.mjs");
  // jest says NODE_ENV=test, and React would come with all that helps a developer.
  const env = { ...process.env, NODE_ENV: "production" };
  chunks = JSON.parse(
    execFileSync(process.execPath, [script], { env, encoding: "utf8", maxBuffer: 2 ** 26 }),
  ) as Chunk[];
}, 60_000);

/** A chunk with everything that it loads at once. */
function withImports(start: Chunk): Set<Chunk> {
  const found = new Set([start]);
  for (const chunk of found) {
    for (const name of chunk.imports) {
      const imported = chunks.find((other) => other.name === name);
      if (imported !== undefined) found.add(imported);
    }
  }
  return found;
}

function chunkWith(module: string): Chunk {
  const chunk = chunks.find(({ modules }) => modules.includes(module));
  if (chunk === undefined) throw new Error(`No chunk holds ${module}.`);
  return chunk;
}

const sizeOf = (parts: Iterable<Chunk>) => [...parts].reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);

describe("the page's bundle", () => {
  it("carries no zod", () => {
    const modules = chunks.flatMap((chunk) => chunk.modules);

    expect(modules.filter((id) => id.includes("node_modules/zod/"))).toEqual([]);
    expect(modules).toContain("client/main.tsx");
  });

  it("runs nothing of the server but limits, errors, event names and text rules", () => {
    const ours = chunks.flatMap(({ modules }) => modules).filter((id) => id.startsWith("src/"));

    expect(ours.filter((id) => !SHARED.includes(id))).toEqual([]);
  });

  it("carries no fake client", () => {
    const modules = chunks.flatMap((chunk) => chunk.modules);

    expect(modules.filter((id) => id.includes("/testing/"))).toEqual([]);
  });

  it("shows a room with at most 200 kB of script and 12 kB of styles, gzipped", () => {
    const entry = chunks.find((chunk) => chunk.entry) as Chunk;
    const shell = chunkWith("client/screens/shell/index.tsx");
    const socket = chunkWith("node_modules/socket.io-client/build/esm/index.js");
    const script = new Set([...withImports(entry), ...withImports(shell), ...withImports(socket)]);
    const styles = chunks.filter(({ name }) => name.endsWith(".css"));

    console.log(
      `page ${sizeOf(withImports(entry))} B, a room ${sizeOf(script)} B, styles ${sizeOf(styles)} B, gzipped`,
    );
    expect(sizeOf(script)).toBeLessThanOrEqual(200 * KB);
    expect(sizeOf(styles)).toBeLessThanOrEqual(12 * KB);
  });
});
