/**
 * Builds `client/sdk` as an npm package in dist/sdk: scripts, types, and a package.json that names what they import.
 *
 * The package holds what its three doors reach and nothing else. Of the protocol that is limits, errors, names and text rules;
 * its types are written out plainly, so that zod is neither run nor installed.
 */
import { builtinModules } from "node:module";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import ts from "typescript";
import { PlainError, root } from "../process.mjs";
import { plainTypes } from "./plain-types.mjs";

const doors = { ".": "client/sdk/index", "./node": "client/sdk/node/index", "./browser": "client/sdk/browser/index" };
/** Modules that hold schemas, of which the package has the types alone. */
const schemas = ["src/protocol/shapes", "src/protocol/entries"];
const importPattern = /\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g;

/**
 * @param {string} [folder] - where to; emptied first
 * @returns {number} 0: every failure is thrown
 */
export function buildSdk(folder = join(root, "dist/sdk")) {
  const output = emit();
  const scripts = reached(output, ".js");
  const types = reached(output, ".d.ts");
  rmSync(folder, { recursive: true, force: true });
  for (const name of [...scripts.files, ...types.files]) {
    const path = join(folder, "lib", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, output.get(name) ?? "");
  }
  const imported = [...new Set([...scripts.packages, ...types.packages])].sort();
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(imported), undefined, 2)}\n`);
  copyFileSync(join(root, "client/sdk/README.md"), join(folder, "README.md"));
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  return 0;
}

/** What the compiler makes of it, by path below the clone. Faults of types are for `npm run check` to find. */
function emit() {
  const config = join(root, "tsconfig.sdk.json");
  const { config: json } = ts.readConfigFile(config, ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(json, ts.sys, root, undefined, config);
  const program = ts.createProgram(fileNames, { ...options, noCheck: true, outDir: root });
  /** @type {Map<string, string>} */
  const output = new Map();
  const checker = program.getTypeChecker();
  /** @type {Map<ts.SourceFile, string>} */
  const others = new Map();
  for (const name of schemas) {
    const source = program.getSourceFile(join(root, `${name}.ts`));
    if (source === undefined)
      throw new PlainError(`${name}.ts is no part of the SDK any more: see ${import.meta.url}.`);
    output.set(`${name}.d.ts`, plainTypes(checker, source, others));
    others.set(source, `./${posix.basename(name)}.js`);
  }
  const plain = [...output];
  program.emit(undefined, (path, text) => output.set(posix.relative(toPosix(root), toPosix(path)), text));
  for (const [path, text] of plain) output.set(path, text);
  return output;
}

/**
 * What the doors lead to.
 *
 * @param {ReadonlyMap<string, string>} output
 * @param {".js" | ".d.ts"} ending
 */
function reached(output, ending) {
  const files = new Set(Object.values(doors).map((door) => door + ending));
  /** @type {Set<string>} */
  const packages = new Set();
  // A set goes on to what is added while it is walked.
  for (const file of files) {
    const text = output.get(file);
    if (text === undefined) throw new PlainError(`The SDK reaches ${file}, which is not built.`);
    for (const [, specifier = ""] of text.matchAll(importPattern)) {
      if (specifier.startsWith(".")) files.add(posix.join(posix.dirname(file), specifier).replace(/\.js$/, ending));
      else if (!specifier.startsWith("node:") && !builtinModules.includes(specifier)) packages.add(specifier);
    }
  }
  return { files, packages };
}

/** @param {readonly string[]} imported - the packages that it needs; each is one that the project has */
function manifest(imported) {
  const project = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const versions = { ...project.devDependencies, ...project.dependencies };
  const needed = imported.map((name) => {
    if (versions[name] === undefined)
      throw new PlainError(`The SDK imports ${name}, which package.json does not name.`);
    return [name, versions[name]];
  });
  const exported = Object.entries(doors).map(([door, path]) => [
    door,
    { types: `./lib/${path}.d.ts`, default: `./lib/${path}.js` },
  ]);
  return {
    name: "parlance-sdk",
    version: project.version,
    description: "The client of a Parlance chat server: for bots, scripts and pages.",
    license: project.license,
    type: "module",
    sideEffects: false,
    engines: project.engines,
    exports: Object.fromEntries(exported),
    files: ["lib"],
    dependencies: Object.fromEntries(needed),
  };
}

const toPosix = (/** @type {string} */ path) => path.replaceAll("\\", "/");
