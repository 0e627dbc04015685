/** The import arrow: which folder may take from which. Layers to the left know nothing of those to the right. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";

/** protocol ← api-docs ← infra ← http, gateway ← log ← accounts ← rooms ← messages, presence, … ← server ← main, cli */
const layers = [
  ["protocol"],
  ["api-docs"],
  ["infra"],
  ["http", "gateway"],
  ["log"],
  ["accounts"],
  ["rooms"],
  ["messages", "presence"],
  ["server", "server-info"],
  ["main", "cli"],
];
const rank = new Map(layers.flatMap((names, index) => names.map((name) => /** @type {const} */ ([name, index]))));
const importPattern = /(?:^|\n)\s*(?:import|export)\b[^"';]*?["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']\s*\)/g;

/**
 * @param {string} file - path in the clone, with `/`
 * @param {string} target - the path it imports, likewise, without its ending
 * @returns {string | null} why that may not be, or null
 */
export function judgeImport(file, target) {
  const from = file.split("/");
  const to = target.split("/");
  if (from[0] === "client")
    return to[0] === "src" && to[1] !== "protocol" ? "the client takes from src/ only src/protocol" : null;
  if (from[0] !== "src") return null;
  if (to[0] !== "src") return "the server takes nothing from outside src/";
  const [fromLayer, toLayer] = [from, to].map((parts) => (parts[1] ?? "").replace(/\.ts$/, ""));
  const fromRank = rank.get(fromLayer ?? "");
  const toRank = rank.get(toLayer ?? "");
  if (fromRank === undefined)
    return `src/${fromLayer} has no place in the arrow; give it one in scripts/import-arrow.mjs`;
  if (toRank === undefined) return `src/${toLayer} has no place in the arrow; give it one in scripts/import-arrow.mjs`;
  return toRank > fromRank ? `${fromLayer} comes before ${toLayer}` : null;
}

/** The relative paths that a module imports or re-exports, types included. */
export function importsOf(/** @type {string} */ source) {
  return [...source.matchAll(importPattern)]
    .flatMap((match) => match[1] ?? match[2] ?? [])
    .filter((path) => path.startsWith("."));
}

/** One line for each import against the arrow. Tests may import what they like. */
export function findForbiddenImports(/** @type {string} */ root) {
  return ["src", "client"]
    .flatMap((folder) => sources(join(root, folder)))
    .flatMap((path) => {
      const file = relative(root, path).split(sep).join("/");
      return importsOf(readFileSync(path, "utf8")).flatMap((specifier) => {
        const target = posix.join(dirname(file), specifier).replace(/\.js$/, "");
        const reason = judgeImport(file, target);
        return reason === null ? [] : [`${file} imports ${target}: ${reason}.`];
      });
    });
}

/** @returns {string[]} */
function sources(/** @type {string} */ folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) ? [path] : [];
  });
}
