/** `npm start`: set-up, then the server in this very process, so that signals and the exit code are its own. */
import { setUp } from "./setup.mjs";

await setUp();
stopWithParent();
const main = new URL("../dist/main.js", import.meta.url);
await import(main.href);

/**
 * npm puts a shell between itself and us, and a SIGTERM for npm (from a service manager, a container's stop) ends that
 * shell without reaching us. That our parent is another one is all that we hear of it.
 */
function stopWithParent() {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 250).unref();
  // After a signal of our own the shell may well end before us; that is no second signal.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => clearInterval(watch));
}
