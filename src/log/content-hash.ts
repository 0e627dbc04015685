/** The keyed hash that tells whether a repeated clientId carries the same content [L4]. */
import { createHmac, type KeyObject } from "node:crypto";

export type ContentHash = (content: readonly unknown[]) => string;

/** 128 bits are plenty to tell contents apart, and keep the entry small. */
const HASH_BYTES = 16;

/** Keyed, so that a database without the server's secret does not let deleted words be guessed by their hash. */
export function createContentHash(key: KeyObject): ContentHash {
  return (content) =>
    createHmac("sha256", key).update(JSON.stringify(content)).digest().subarray(0, HASH_BYTES).toString("base64url");
}
