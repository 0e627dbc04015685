/** Reads a backup's file: first all of it, to see that it is whole; then its documents, one after the other. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { mongo } from "mongoose";
import { z } from "zod";
import { codeOf, reasonOf } from "../../infra/error-facts.js";
import { CommandError } from "../cli.js";
import {
  anyHeaderSchema,
  collectionName,
  DOCUMENT_MAX_BYTES,
  FOOTER_BYTES,
  FORMAT,
  HEADER_MAX_BYTES,
  headerSchema,
  MAGIC,
  parseFooter,
  secretSchema,
  TAGS,
  type BackedUpSecret,
  type Header,
} from "./format.js";

export interface Backup {
  readonly path: string;
  readonly header: Header;
  readonly secret: BackedUpSecret;
  /** Documents in the order in which they were written, collection by collection. May be called again. */
  documents(): AsyncGenerator<BackedUpDocument>;
}

export interface BackedUpDocument {
  collection: string;
  bytes: Buffer;
}

type Record = { tag: string; bytes: Buffer };

const collectionSchema = z.object({ name: collectionName });

/**
 * Opens a backup after having read it to its end: header, checksum, every record, the counts.
 *
 * @param onBytes - told how much of the file is read so far
 * @throws CommandError that says what is wrong with the file
 */
export async function openBackup(path: string, onBytes: (read: number, size: number) => void): Promise<Backup> {
  const damaged = (what: string) => new CommandError(`${path} is damaged: ${what}. Take another copy of it.`);
  const { header, bodyStart, bodyEnd, sha256 } = await readFrame(path);
  if (sha256 !== (await hashFile(path, bodyEnd, onBytes))) throw damaged("its checksum does not fit");

  function parse<T>(schema: z.ZodType<T>, bytes: Buffer): T {
    try {
      return schema.parse(mongo.BSON.deserialize(bytes));
    } catch {
      throw damaged("it holds a record that cannot be read");
    }
  }

  let secret: BackedUpSecret | null = null;
  async function* documents() {
    let collection: string | null = null;
    let ended = false;
    for await (const { tag, bytes } of readRecords(path, bodyStart, bodyEnd, damaged)) {
      if (ended) throw damaged("it goes on after its end");
      if (tag === TAGS.document && collection !== null) yield { collection, bytes };
      else if (tag === TAGS.collection) collection = parse(collectionSchema, bytes).name;
      else if (tag === TAGS.secret) secret = parse(secretSchema, bytes);
      else if (tag === TAGS.end) ended = true;
      else throw damaged("it holds a record that there is not");
    }
    if (!ended) throw damaged("it has no end");
  }

  const counts: { [collection: string]: number } = Object.fromEntries(
    Object.keys(header.counts).map((name) => [name, 0]),
  );
  for await (const { collection } of documents()) counts[collection] = (counts[collection] ?? 0) + 1;
  for (const [collection, count] of Object.entries(counts))
    if (header.counts[collection] !== count)
      throw damaged(`it holds ${count} ${collection}, not ${header.counts[collection] ?? 0}`);
  if (secret === null) throw damaged("a part of it is missing");
  return { path, header, secret, documents };
}

async function readFrame(path: string) {
  const file = await open(path).catch((error: unknown) => {
    throw new CommandError(
      codeOf(error) === "ENOENT" ? `There is no file ${path}.` : `${path} cannot be read (${reasonOf(error)}).`,
    );
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new CommandError(`${path} is no file.`);
    const cutOff = new CommandError(`${path} is cut off: its end is missing. Take another copy of it.`);
    const start = Buffer.alloc(Math.min(stat.size, MAGIC.length + HEADER_MAX_BYTES));
    await file.read(start, 0, start.length, 0);
    const begins = start.subarray(0, MAGIC.length).toString();
    if (begins !== MAGIC)
      throw begins !== "" && MAGIC.startsWith(begins) ? cutOff : new CommandError(`${path} is no backup of Parlance.`);
    const headerEnd = start.indexOf("\n", MAGIC.length);
    if (headerEnd === -1) throw cutOff;
    const header = parseHeader(path, start.subarray(MAGIC.length, headerEnd).toString());
    const bodyStart = headerEnd + 1;
    const bodyEnd = stat.size - FOOTER_BYTES;
    const footer = Buffer.alloc(FOOTER_BYTES);
    if (bodyEnd > bodyStart) await file.read(footer, 0, FOOTER_BYTES, bodyEnd);
    const sha256 = parseFooter(footer.toString("latin1"));
    if (sha256 === null) throw cutOff;
    return { header, bodyStart, bodyEnd, sha256 };
  } finally {
    await file.close();
  }
}

function parseHeader(path: string, text: string): Header {
  const json = parseJson(text);
  const any = anyHeaderSchema.safeParse(json);
  if (any.success && any.data.format > FORMAT)
    throw new CommandError(
      `${path} was made by Parlance ${any.data.version} in a newer format (${any.data.format}; this one reads ${FORMAT}). Upgrade Parlance first.`,
    );
  const header = headerSchema.safeParse(json);
  if (!header.success)
    throw new CommandError(`${path} is damaged: its header cannot be read. Take another copy of it.`);
  return header.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function hashFile(path: string, end: number, onBytes: (read: number, size: number) => void): Promise<string> {
  const hash = createHash("sha256");
  let read = 0;
  for await (const chunk of createReadStream(path, { end: end - 1, highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
    read += (chunk as Buffer).length;
    onBytes(read, end);
  }
  return hash.digest("hex");
}

async function* readRecords(
  path: string,
  start: number,
  end: number,
  damaged: (what: string) => CommandError,
): AsyncGenerator<Record> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // Its failure comes out of `gunzip` too, where it is waited for.
  const fed = pipeline(createReadStream(path, { start, end: end - 1 }), gunzip).catch(() => undefined);
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of gunzip) {
      rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      let at = 0;
      for (let size = recordSize(rest, at); size !== null; size = recordSize(rest, at)) {
        if (size > DOCUMENT_MAX_BYTES || size < 6) throw damaged("a document in it has no sensible length");
        if (rest.length - at < size) break;
        yield { tag: String.fromCharCode(rest[at] ?? 0), bytes: rest.subarray(at + 1, at + size) };
        at += size;
      }
      rest = rest.subarray(at);
    }
  } catch (error) {
    if (error instanceof CommandError || !String(codeOf(error)).startsWith("Z_")) throw error;
    throw damaged("it cannot be unpacked");
  } finally {
    gunzip.destroy();
    await fed;
  }
  if (rest.length > 0) throw damaged("its last document is not whole");
}

/** A letter, and a BSON document that begins with its own length; null when that is not there yet. */
function recordSize(buffer: Buffer, at: number): number | null {
  return buffer.length - at < 5 ? null : 1 + buffer.readInt32LE(at + 1);
}
