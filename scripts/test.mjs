/** `npm test`: unit and integration tests on a real MongoDB, then the journeys in a real browser. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findBrowser, installHint } from "./browser.mjs";
import { PlainError, root, runTool } from "./process.mjs";
import { setUp } from "./setup.mjs";
import { runSteps } from "./steps.mjs";
import { tallyJest, tallyPlaywright } from "./tally.mjs";

const nothing = { passed: 0, failed: 0 };
const chosen = process.argv.slice(3);

/** @returns {Promise<import("./tally.mjs").Tally>} */
async function prepare() {
  await setUp();
  const at = (/** @type {string} */ path) => new URL(`../dist/infra/${path}`, import.meta.url).href;
  const { readProcessConfig } = await import(at("config.js"));
  const { findMongod } = await import(at("database/mongod/find.js"));
  const { mongod } = readProcessConfig(root);
  const { version, path } = await findMongod({ places: mongod, series: null, say: console.log });
  console.log(`MongoDB ${version}: ${path}`);
  return nothing;
}

async function jest() {
  const report = join(root, "reports/jest.json");
  rmSync(report, { force: true });
  const code = await runTool("jest/bin/jest.js", ["--json", `--outputFile=${report}`, ...chosen], {
    node: ["--experimental-vm-modules", "--no-warnings=ExperimentalWarning"],
    // The report goes to its file; what --json prints besides would bury the readable one on standard error.
    stdio: ["inherit", "ignore", "inherit"],
  });
  return tallyJest(readReport(report), code);
}

async function journeys() {
  if (!existsSync(join(root, "playwright.config.ts"))) return nothing;
  const browser = findBrowser(process.env);
  if (browser === null) {
    console.error(installHint);
    if (process.env["CI"]) throw new PlainError("With CI set, the browser tests are not left out.");
    return nothing;
  }
  const report = join(root, "reports/playwright.json");
  rmSync(report, { force: true });
  const code = await runTool("@playwright/test/cli.js", ["test", "--reporter=list,json"], {
    env: { ...process.env, CHROMIUM_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  return tallyPlaywright(readReport(report), code);
}

/** Null when it is missing or cut off. */
function readReport(/** @type {string} */ path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

const steps = [
  { name: "Set-up", run: prepare },
  { name: "Unit and integration tests (jest)", run: jest },
];
// `npm test -- src/rooms` is for the tests of one's own change.
if (chosen.length === 0) steps.push({ name: "Browser journeys (Playwright)", run: journeys });
await runSteps("tests", steps);
