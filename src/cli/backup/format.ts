/**
 * The file of a backup, version 1:
 *
 *     Parlance backup\n
 *     {"format":1, …}\n                  the header, as JSON
 *     gzip of records                    a letter and a BSON document each
 *     \nsha256 <64 hex digits>\n         of all bytes before it
 *
 * Records: `K` the server's secret, `C` the name of the collection whose documents follow, `D` a document as the database
 * has it, byte for byte, `E` the end. Whatever changes here changes `FORMAT`.
 */
import { mongo } from "mongoose";
import { z } from "zod";

export const FORMAT = 1;
export const MAGIC = "Parlance backup\n";
/** The header is one line and no longer than this. */
export const HEADER_MAX_BYTES = 64 * 1024;
/** What MongoDB takes as one document, with room for its own fields. */
export const DOCUMENT_MAX_BYTES = 17 * 1024 * 1024;

/** A name from a file must not lead to what MongoDB, or a restore, keeps under names of its own. */
export const collectionName = z
  .string()
  .regex(/^[^$\0]+$/)
  .refine(isBackedUp);

export const headerSchema = z.object({
  format: z.literal(FORMAT),
  /** of Parlance */
  version: z.string(),
  createdAt: z.iso.datetime({ precision: 3 }),
  historyId: z.string().nullable(),
  /** documents by collection */
  counts: z.record(collectionName, z.int().min(0)),
});
export type Header = z.infer<typeof headerSchema>;

/** What of a header can be read whatever its format: to tell which version wrote it. */
export const anyHeaderSchema = z.object({ format: z.int(), version: z.string() });

/** As short as a secret may be that a server starts with. */
const SECRET_MIN = 32;

export const secretSchema = z.object({
  /** the generated one of DATA_DIR; null when JWT_SECRET was set, which stays where it is kept */
  secret: z.string().min(SECRET_MIN).nullable(),
  /** tells one secret from another, and nothing else about it */
  fingerprint: z.string(),
});
export type BackedUpSecret = z.infer<typeof secretSchema>;

export const TAGS = { secret: "K", collection: "C", document: "D", end: "E" } as const;

/** A record as it stands in the file. */
export function encodeRecord(tag: string, document: Uint8Array | Record<string, unknown>): Buffer {
  const bytes = document instanceof Uint8Array ? document : mongo.BSON.serialize(document);
  return Buffer.concat([Buffer.from(tag), bytes]);
}

const FOOTER_START = "\nsha256 ";
const FOOTER = /^\nsha256 ([0-9a-f]{64})\n$/;
export const FOOTER_BYTES = FOOTER_START.length + 64 + 1;

export function encodeFooter(sha256: string): string {
  return `${FOOTER_START}${sha256}\n`;
}

/** The checksum; null when that is no footer. */
export function parseFooter(text: string): string | null {
  return FOOTER.exec(text)?.[1] ?? null;
}

/**
 * What is no part of a backup: sessions, which nobody wishes back from the past, and what is only about the moment.
 * `restoring_` is where a restore gathers.
 */
export function isBackedUp(collection: string): boolean {
  return !/^(?:sessions|ended_sessions|servers|system\..*|restoring_.*)$/.test(collection);
}
