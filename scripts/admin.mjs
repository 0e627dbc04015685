/** `npm run admin -- …`: set-up of the server's part, then the command in this very process: its exit code is ours. */
import { build, install } from "./setup.mjs";

await install();
await build({ only: "server" });
const { runAdmin } = await import(new URL("../dist/cli/main.js", import.meta.url).href);
// What is written to a pipe may still be on its way: the process ends by itself, once nothing is left to do.
const folder = process.env["INIT_CWD"] ?? process.cwd();
process.exitCode = await runAdmin(process.argv.slice(3), folder);
