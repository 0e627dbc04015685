/** `npm start`: set-up, then the server in this very process, so that signals and the exit code are its own. */
import { setUp } from "./setup.mjs";

await setUp();
const main = new URL("../dist/main.js", import.meta.url);
await import(main.href);
