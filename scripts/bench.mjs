/** `npm run bench`: set-up, then the bench in a process of its own. */
import { runTool } from "./process.mjs";
import { setUp } from "./setup.mjs";
import { runSteps } from "./steps.mjs";

await runSteps("bench", [
  {
    name: "Set-up",
    run: async () => {
      await setUp();
      return { passed: 0, failed: 0 };
    },
  },
  {
    name: "Bench",
    run: async () => {
      const code = await runTool("tsx/dist/cli.mjs", ["scripts/bench/run.ts", ...process.argv.slice(3)]);
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
    },
  },
]);
