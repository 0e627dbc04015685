/** Builds the web page in memory and prints, as JSON, what went into it: each chunk with its modules, imports and gzipped size. */
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const root = join(import.meta.dirname, "../..");
const built = await build({
  configFile: join(root, "client/vite.config.ts"),
  logLevel: "silent",
  build: { write: false },
});

// Without `watch` and with one set of outputs there is one answer, and it has its files.
if (Array.isArray(built) || !("output" in built)) throw new Error("Vite built something else than one page.");

const chunks = built.output.map((file) =>
  file.type === "asset"
    ? { name: file.fileName, entry: false, imports: [], modules: [], gzipBytes: gzipSync(file.source).length }
    : {
        name: file.fileName,
        entry: file.isEntry,
        imports: file.imports,
        modules: Object.keys(file.modules).map((id) => relative(root, id)),
        gzipBytes: gzipSync(file.code).length,
      },
);
process.stdout.write(JSON.stringify(chunks));
