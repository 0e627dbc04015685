/** The process: reads the settings, starts the server, stops it on a signal. Whatever goes wrong is told in one line. */
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ConfigError, readProcessConfig, type Config } from "./infra/config.js";
import { codeOf } from "./infra/error-facts.js";
import { DatabaseError } from "./infra/database/index.js";
import { openOutput, type Output } from "./infra/output.js";
import { startServer, type ParlanceServer } from "./server.js";

const stopWithinMs = 15_000;
const startGraceMs = 3_000;
/** Under npm one Ctrl-C comes twice, from the terminal and from npm; a person's second one comes later. */
const sameSignalMs = 500;

/** Where the build puts the web client: beside this file. Under `npm run dev` Vite serves it instead. */
function webClientDir(): string | null {
  const folder = fileURLToPath(new URL("./client", import.meta.url));
  return existsSync(`${folder}/index.html`) ? folder : null;
}

/** The lines for a failure that a person can mend; null for one that is ours. */
function explain(error: unknown, { host, port }: Pick<Config, "host" | "port">): string | null {
  if (error instanceof DatabaseError) return error.message;
  const code = isListenError(error) ? codeOf(error) : null;
  if (code === "EADDRINUSE")
    return `Port ${port} on ${host} is taken by another program. Stop that one, or set PORT to a free port.`;
  if (code === "EACCES") return `Port ${port} may not be used without more rights. Set PORT to one above 1023.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `HOST=${host} is no address of this machine. Set it to 127.0.0.1, or 0.0.0.0 for all.`;
  return null;
}

function isListenError(error: unknown): boolean {
  return (
    error instanceof Error && "syscall" in error && (error.syscall === "listen" || error.syscall === "getaddrinfo")
  );
}

function readSettings(): Config | null {
  try {
    return readProcessConfig(process.cwd());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.lines.join("\n")}\n`);
    return null;
  }
}

/** Runs until a signal or a failure; the process's exit code. */
async function run(config: Config, { log, say }: Output): Promise<number> {
  let server: ParlanceServer | null = null;

  function fail(error: unknown): number {
    const line = explain(error, config);
    if (line === null) log.fatal({ err: error }, "Parlance stops: an unexpected error");
    else process.stderr.write(`${line}\n`);
    return 1;
  }

  const stopRequest = new Promise<number>((resolve) => {
    let firstAt: number | null = null;
    const onSignal = (signal: NodeJS.Signals) => {
      if (firstAt !== null && Date.now() - firstAt > sameSignalMs) process.exit(130);
      if (firstAt === null) say(`Stopping (${signal}).`);
      firstAt ??= Date.now();
      resolve(0);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
    process.on("uncaughtException", (error) => resolve(fail(error)));
    process.on("unhandledRejection", (error) => resolve(fail(error)));
  });

  let refuse = (_error: Error) => {};
  const failedLater = new Promise<number>((resolve) => {
    refuse = (error) => resolve(fail(error));
  });
  const started = (async () => {
    server = await startServer({ config, log, webClientDir: webClientDir() });
    await server.ready;
    void server.failed.then(refuse);
    say(`Parlance is ready: open ${config.publicUrl ?? server.url}`);
    say(
      `Its data is in ${config.dataDir}${config.mongodbUri === null ? "" : " and in the MongoDB of MONGODB_URI"}. Ctrl-C stops it.`,
    );
  })();
  // Once it runs only a signal, an unexpected error or the loss of its database ends it.
  let stopping = false;
  const failedToStart = new Promise<number>((resolve) => {
    started.catch((error: unknown) => {
      if (!stopping) resolve(fail(error));
    });
  });
  const exitCode = await Promise.race([stopRequest, failedToStart, failedLater]);
  stopping = true;

  setTimeout(() => {
    log.fatal(`not stopped after ${stopWithinMs / 1000} s; leaving anyway`);
    process.exit(1);
  }, stopWithinMs).unref();
  // A start under way may finish, so that what it opened is closed like the rest. Not for long, since it may be
  // fetching MongoDB; the next start finds and ends a mongod that is left behind.
  if (server === null) await Promise.race([started.catch(() => undefined), delay(startGraceMs)]);
  await (server as ParlanceServer | null)?.close();
  return exitCode;
}

// A collector of the log that goes away says EPIPE to every line. What it does not take is lost; to serve goes on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const config = readSettings();
if (config === null) {
  process.exitCode = 1;
} else {
  const output = openOutput({
    config,
    terminal: process.stdout.isTTY,
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  });
  process.exit(await run(config, output));
}
