/** The server's one secret, and the keys that come from it. */
import { createSecretKey, hkdfSync, randomBytes, type KeyObject } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../infra/config.js";

const FILE = "jwt-secret";
const SECRET_BYTES = 48;
const SECRET_MIN_BYTES = 32;

/** One key for each purpose: what leaks or is forged of one says nothing about the others. */
export interface Keys {
  access: KeyObject;
  refresh: KeyObject;
  contentHash: KeyObject;
}

/** Derives the keys; the same secret always gives the same ones. */
export function deriveKeys(secret: string): Keys {
  const derive = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync("sha256", secret, "", `parlance/${purpose}/v1`, 32)));
  return { access: derive("access"), refresh: derive("refresh"), contentHash: derive("content-hash") };
}

/** Tells one secret from another, and nothing else about it. */
export function fingerprintOf(secret: string): string {
  return Buffer.from(hkdfSync("sha256", secret, "", "parlance/fingerprint/v1", 16)).toString("hex");
}

const hasCode = (error: unknown, code: string) =>
  typeof error === "object" && error !== null && "code" in error && error.code === code;

async function readFrom(path: string): Promise<string | null> {
  let secret: string;
  try {
    secret = (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
  if (Buffer.byteLength(secret) >= SECRET_MIN_BYTES) return secret;
  throw new Error(`${path} holds no secret of at least ${SECRET_MIN_BYTES} bytes. Remove it, and a new one is made.`);
}

/** Writes a new secret to a file of its own and then gives that its name: nobody ever reads half a secret. */
async function makeSecret(dataDir: string, path: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const scratch = join(dataDir, `.${FILE}.${randomBytes(6).toString("hex")}`);
  const file = await open(scratch, "wx", 0o600);
  try {
    await file.writeFile(`${randomBytes(SECRET_BYTES).toString("base64url")}\n`);
    await file.sync();
    await link(scratch, path);
  } catch (error) {
    // Somebody else was first: theirs it is.
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await file.close();
    await rm(scratch, { force: true });
  }
}

/** Puts another secret in the place of the one in `dataDir`: that of a backup. */
export async function replaceSecret(dataDir: string, secret: string): Promise<void> {
  const path = join(dataDir, FILE);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(`${secret}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/** JWT_SECRET; without one, the secret kept in `dataDir` (mode 0600), made at the first start. */
export async function loadSecret({ jwtSecret, dataDir }: Pick<Config, "jwtSecret" | "dataDir">): Promise<string> {
  if (jwtSecret !== null) return jwtSecret;
  const path = join(dataDir, FILE);
  const known = await readFrom(path);
  if (known !== null) return known;
  await makeSecret(dataDir, path);
  const made = await readFrom(path);
  if (made === null) throw new Error(`${path} could not be read back.`);
  return made;
}
