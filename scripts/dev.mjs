/** `npm run dev`: the server and the web client, each reloaded when its sources change; one Ctrl-C stops both. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./process.mjs";
import { install } from "./setup.mjs";

await install();

const commands = [["node_modules/tsx/dist/cli.mjs", "watch", "--clear-screen=false", "src/main.ts"]];
if (existsSync(join(root, "client/vite.config.ts"))) {
  commands.push(["node_modules/vite/bin/vite.js", "--config", "client/vite.config.ts", "--clearScreen", "false"]);
}
const children = commands.map((args) => spawn(process.execPath, args, { cwd: root, stdio: "inherit" }));
const ends = children.map((child) => new Promise((resolve) => child.once("close", resolve)));

let stopping = false;
// A terminal's Ctrl-C reaches the children as well. They must not hear of it twice: that would mean "at once".
process.on("SIGINT", () => (stopping = true));
process.on("SIGTERM", stopAll);

function stopAll() {
  if (stopping) return;
  stopping = true;
  for (const child of children) child.kill("SIGTERM");
}

await Promise.race(ends);
stopAll();
await Promise.all(ends);
