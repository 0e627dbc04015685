/** One run of mongod: start it, know when it ends, end it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, rename, stat } from "node:fs/promises";
import { createConnection } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { commandLine, endProcess } from "./processes.js";
import type { EmbeddedPaths } from "./state.js";

export const replicaSetName = "parlance";
const largestLogBytes = 10 * 1024 * 1024;
const readyTimeoutMs = 120_000;
const stopGraceMs = 10_000;

export interface MongodProcess {
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** SIGTERM, then SIGKILL when it takes too long. */
  stop(): Promise<void>;
  kill(): void;
}

function mongodArguments(paths: EmbeddedPaths, port: number): string[] {
  const parameters = {
    transactionLifetimeLimitSeconds: 5,
    enableLocalhostAuthBypass: 0,
    diagnosticDataCollectionEnabled: false,
    // Nobody else is in the set to hand over to, so there is nothing to wait for.
    shutdownTimeoutMillisForSignaledShutdown: 100,
  };
  return [
    ...["--dbpath", paths.files],
    ...["--port", String(port), "--bind_ip", "127.0.0.1"],
    ...(process.platform === "win32" ? [] : ["--nounixsocket"]),
    ...["--replSet", replicaSetName, "--keyFile", paths.keyFile, "--noscripting"],
    ...["--oplogSize", "512", "--wiredTigerCacheSizeGB", "0.5"],
    ...["--logpath", paths.log, "--logappend", "--quiet", "--slowms", "1000"],
    ...Object.entries(parameters).flatMap(([name, value]) => ["--setParameter", `${name}=${value}`]),
  ];
}

/**
 * Starts mongod in a process group of its own: a terminal's Ctrl-C goes to the whole group, and mongod has to
 * outlive the server's last writes. It is therefore stopped by us, and found again if we were killed.
 */
export async function spawnMongod(binary: string, paths: EmbeddedPaths, port: number): Promise<MongodProcess> {
  await turnOverLog(paths.log);
  const child = spawn(binary, mongodArguments(paths, port), { detached: true, stdio: "ignore", windowsHide: true });
  await once(child, "spawn");
  const { pid } = child;
  if (pid === undefined) throw new Error("mongod has no process id");
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    ended,
    hasEnded,
    async stop() {
      if (!hasEnded()) await Promise.all([endProcess(pid, stopGraceMs), ended]);
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Waits until `process` takes connections; false when it ended instead, or never did. */
export async function waitUntilListening(
  process: Pick<MongodProcess, "ended" | "hasEnded">,
  port: number,
): Promise<boolean> {
  const giveUpAt = Date.now() + readyTimeoutMs;
  while (!process.hasEnded() && Date.now() < giveUpAt) {
    if (await accepts(port)) return !process.hasEnded();
    await Promise.race([delay(50), process.ended]);
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    const answer = (connected: boolean) => {
      socket.destroy();
      resolve(connected);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}

/** mongod's log would grow for ever; the one before is kept. */
async function turnOverLog(log: string): Promise<void> {
  const size = await stat(log).then(
    (file) => file.size,
    () => 0,
  );
  if (size > largestLogBytes) await rename(log, `${log}.1`);
}

/** What mongod last complained about, for a message to a person. */
export async function lastComplaint(log: string): Promise<string> {
  const file = await open(log).catch(() => null);
  if (file === null) return "it wrote no log";
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, 64 * 1024));
    await file.read(tail, 0, tail.length, size - tail.length);
    return complaintIn(tail.toString("utf8")) ?? `see ${log}`;
  } finally {
    await file.close();
  }
}

function complaintIn(log: string): string | null {
  const lines = log.split("\n").reverse();
  for (const line of lines) {
    if (!/"s":"[EF]"/.test(line)) continue;
    const error = /"(?:error|errmsg|message)":"?(\{.*?\}|[^"]+)"/.exec(line)?.[1];
    const message = /"msg":"([^"]+)"/.exec(line)?.[1];
    return [message, error].filter((part) => part !== undefined).join(": ");
  }
  return null;
}

/**
 * Ends the mongod that an earlier, killed server left on these files. mongod's own lock file names its process;
 * that the process is ours is seen from its command line, since ids are used again.
 *
 * It is ended rather than adopted: only a child tells us when it dies, and it may have been started with other
 * settings. With the journal this costs about a second.
 */
export async function endOrphan(paths: EmbeddedPaths): Promise<number | null> {
  const text = await readFile(`${paths.files}/mongod.lock`, "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  if (!(pid > 0)) return null;
  const args = await commandLine(pid);
  if (args[args.indexOf("--dbpath") + 1] !== paths.files) return null;
  await endProcess(pid, stopGraceMs);
  return pid;
}
