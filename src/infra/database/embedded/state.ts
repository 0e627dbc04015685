/** What an embedded MongoDB must find again at the next start: its series, its port, and its passwords (mode 0600). */
import { randomBytes, randomInt } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { DatabaseError } from "../errors.js";

const stateSchema = z.object({
  series: z.string().nullable(),
  port: z.number().int(),
  /** What the members of the set share; with it one may do anything, so only the set-up uses it. */
  key: z.string(),
  /** The server's own user. */
  password: z.string(),
});
export type EmbeddedState = z.infer<typeof stateSchema>;

export interface EmbeddedPaths {
  readonly dataDir: string;
  readonly files: string;
  readonly state: string;
  readonly keyFile: string;
  readonly log: string;
}

export function embeddedPaths(dataDir: string): EmbeddedPaths {
  return {
    dataDir,
    files: join(dataDir, "mongodb"),
    state: join(dataDir, "mongodb.json"),
    keyFile: join(dataDir, "mongodb.key"),
    log: join(dataDir, "mongodb.log"),
  };
}

/** Reads what is kept, or makes it up for a new data directory. Nothing is written. */
export async function readState(paths: EmbeddedPaths): Promise<EmbeddedState> {
  const text = await readFile(paths.state, "utf8").catch(() => null);
  if (text === null) return { series: null, port: 0, key: secret(384), password: secret(32) };
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    throw new DatabaseError(
      `${paths.state} is damaged. Restore it, or delete it: series and passwords are then made anew.`,
    );
  }
}

/** Keeps the state, whole or not at all, and the key in the form mongod wants. */
export async function writeState(paths: EmbeddedPaths, state: EmbeddedState): Promise<void> {
  await mkdir(paths.files, { recursive: true, mode: 0o700 });
  await writeWhole(paths.keyFile, state.key);
  await writeWhole(paths.state, `${JSON.stringify(state, null, 2)}\n`);
}

async function writeWhole(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

function secret(bytes: number): string {
  return randomBytes(bytes).toString("base64url").replaceAll("-", "a").replaceAll("_", "b");
}

/**
 * A port that nobody listens on now: the one of last time if it is free, else a random one below those that
 * systems give to outgoing connections, so that it is still free after a restart of mongod.
 */
export async function choosePort(last: number): Promise<number> {
  for (let port = last; ; port = randomInt(20_000, 32_000)) {
    if (port !== 0 && (await isFree(port))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
