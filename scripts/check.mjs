/** `npm run check`: what tools can settle about the code, each as one step. */
import { findForbiddenImports } from "./import-arrow.mjs";
import { root, runTool } from "./process.mjs";
import { install } from "./setup.mjs";
import { runSteps } from "./steps.mjs";

/** One thing that holds or does not. */
const verdict = (/** @type {boolean} */ holds) => ({ passed: holds ? 1 : 0, failed: holds ? 0 : 1 });

const tool = (/** @type {string} */ name, /** @type {string} */ file, /** @type {string[]} */ ...args) => ({
  name,
  run: async () => verdict((await runTool(file, args)) === 0),
});

const steps = [
  {
    name: "Set-up",
    run: async () => {
      await install();
      return { passed: 0, failed: 0 };
    },
  },
  tool("Format (Prettier)", "prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."),
  tool("Lint (oxlint)", "oxlint/bin/oxlint", "--type-aware", "--deny-warnings"),
  tool("Types of server, SDK and tests (tsc)", "typescript/bin/tsc", "-p", ".", "--noEmit"),
  tool("Types of the web client (tsc)", "typescript/bin/tsc", "-p", "client"),
  tool("Types of the browser journeys (tsc)", "typescript/bin/tsc", "-p", "tests/e2e"),
  tool("Types of the API's pages (tsc)", "typescript/bin/tsc", "-p", "src/api-docs/pages"),
  tool("Unused files, exports and packages (knip)", "knip/bin/knip.js"),
  {
    name: "Import arrow",
    run: async () => {
      const forbidden = findForbiddenImports(root);
      for (const line of forbidden) console.error(line);
      return verdict(forbidden.length === 0);
    },
  },
  {
    name: "API documents (as the protocol makes them, valid OpenAPI and AsyncAPI)",
    run: async () => {
      // What it needs may have been installed just now.
      const { findProblems, makeDocuments } = await import("./api-docs.mjs");
      const problems = await findProblems(await makeDocuments());
      for (const line of problems) console.error(line);
      return verdict(problems.length === 0);
    },
  },
];

await runSteps("checks", steps);
