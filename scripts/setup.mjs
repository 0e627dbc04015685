/** Set-up: installs and builds what is missing or older than its sources, and says so. Nothing to do costs some 50 ms. */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlainError, root, run, runTool } from "./process.mjs";

const at = (/** @type {string} */ path) => join(root, path);

/** Progress belongs to a person: on standard error unless a terminal shows the other one, as the server does it. */
function say(/** @type {string} */ line) {
  (process.stdout.isTTY ? process.stdout : process.stderr).write(`${line}\n`);
}

/**
 * The tree is as package-lock.json wants it, or npm has touched it since that file changed.
 */
function dependenciesAreCurrent() {
  const installed = at("node_modules/.package-lock.json");
  const stamp = at("node_modules/.parlance-lock-hash");
  if (!existsSync(installed)) return false;
  const wanted = hashFiles(["package-lock.json"]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return true;
  const current = statSync(installed).mtimeMs >= statSync(at("package-lock.json")).mtimeMs;
  if (current) writeFileSync(stamp, wanted);
  return current;
}

/** Installs the dependencies, development ones too: the build needs them. */
export async function install() {
  if (dependenciesAreCurrent()) return;
  const startedAt = Date.now();
  say("Installing dependencies (npm ci) …");
  const npm = process.env["npm_execpath"];
  const args = [
    "ci",
    "--include=dev",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-progress",
    "--loglevel=error",
  ];
  const code =
    npm !== undefined && /npm-cli\.[cm]?js$/.test(npm)
      ? await run(process.execPath, [npm, ...args])
      : await run("npm", args, { shell: process.platform === "win32" });
  if (code !== 0) throw new PlainError("npm ci failed; its own words are above. Is the package registry within reach?");
  writeFileSync(at("node_modules/.parlance-lock-hash"), hashFiles(["package-lock.json"]));
  say(`  done in ${seconds(startedAt)}.`);
}

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {readonly string[]} inputs - files and folders whose content decides whether it is stale
 * @property {string} output - a file that is there when it is built
 * @property {() => Promise<number>} build
 * @property {true} [onDemand] - only `npm run build` makes it: nothing that runs here needs it
 */

/** @type {readonly Part[]} */
const parts = [
  {
    name: "server",
    inputs: ["src", "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
    output: "dist/main.js",
    async build() {
      for (const name of listDir("dist"))
        if (!["client", "sdk"].includes(name) && !name.startsWith(".")) rmSync(at(`dist/${name}`), { recursive: true });
      // Types are checked by `npm run check`; a start need not wait for that.
      const code = await runTool("typescript/bin/tsc", ["-p", "tsconfig.build.json", "--noCheck"]);
      // The pages of the API's documents go to browsers as they are.
      cpSync(at("src/api-docs/pages"), at("dist/api-docs/pages"), {
        recursive: true,
        filter: (path) => !/\.(ts|json)$/.test(path),
      });
      return code;
    },
  },
  {
    name: "client",
    inputs: ["client", "src/protocol", "package-lock.json"],
    output: "dist/client/index.html",
    // Its standard output is progress alone; what is wrong comes on the other one.
    build: () =>
      runTool("vite/bin/vite.js", ["build", "--config", "client/vite.config.ts", "--logLevel", "warn"], {
        stdio: ["ignore", "ignore", "inherit"],
      }),
  },
  {
    name: "sdk",
    inputs: [
      "client/sdk",
      "src/protocol",
      "scripts/sdk",
      "tsconfig.json",
      "tsconfig.sdk.json",
      "package.json",
      "LICENSE",
    ],
    output: "dist/sdk/package.json",
    // What it needs may have been installed just now.
    build: async () => (await import("./sdk/package.mjs")).buildSdk(),
    onDemand: true,
  },
];

/**
 * Builds the parts that are missing or stale; all of them with `force`.
 *
 * @param {{ force?: boolean, only?: string }} [options] - `only`: the one part of this name
 */
export async function build({ force = false, only } = {}) {
  for (const part of parts) {
    if (only !== undefined ? part.name !== only : part.onDemand && !force) continue;
    if (part.name === "client" && !existsSync(at("client/vite.config.ts"))) continue;
    const stamp = at(`dist/.${part.name}-hash`);
    const wanted = hashFiles(part.inputs);
    const current = existsSync(at(part.output)) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
    if (current && !force) continue;
    const startedAt = Date.now();
    say(`Building the ${part.name} …`);
    rmSync(stamp, { force: true });
    if ((await part.build()) !== 0) throw new PlainError(`The ${part.name} could not be built; the reason is above.`);
    mkdirSync(at("dist"), { recursive: true });
    writeFileSync(stamp, wanted);
    say(`  done in ${seconds(startedAt)}.`);
  }
}

/** Everything that `npm start` and `npm test` stand on. */
export async function setUp() {
  await install();
  await build();
}

/** Names and contents of all files below the given paths; tests are no part of what is built. */
function hashFiles(/** @type {readonly string[]} */ paths) {
  const hash = createHash("sha256").update(process.version);
  const visit = (/** @type {string} */ path) => {
    if (statSync(at(path)).isDirectory()) for (const name of listDir(path).sort()) visit(`${path}/${name}`);
    else if (!/\.test\.tsx?$/.test(path)) hash.update(`${path}\0`).update(readFileSync(at(path)));
  };
  paths.forEach(visit);
  return hash.digest("hex");
}

function listDir(/** @type {string} */ path) {
  return existsSync(at(path)) ? readdirSync(at(path)) : [];
}

function seconds(/** @type {number} */ startedAt) {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
}
