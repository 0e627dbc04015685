/** The keyed hash that tells whether a repeated clientId carries the same content [L4]. */
import { hash, type KeyObject } from "node:crypto";

export type ContentHash = (content: readonly unknown[]) => string;

/** 128 bits are plenty to tell contents apart, and keep the entry small. */
const HASH_LENGTH = 22;

/**
 * Keyed, so that a database without the server's secret does not let deleted words be guessed by their hash.
 *
 * The key stands before the content and half of the digest is left out, so nobody can go on from a digest to that of a longer content,
 * against which an HMAC would guard. It is computed for every message, and an HMAC costs several times as much.
 */
export function createContentHash(key: KeyObject): ContentHash {
  const prefix = key.export().toString("base64url");
  return (content) => hash("sha256", prefix + JSON.stringify(content), "base64url").slice(0, HASH_LENGTH);
}
