/** Writes a backup's file: header, packed records, checksum. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { writeWhole } from "../files.js";
import { encodeFooter, MAGIC, type Header } from "./format.js";

/** The records of many small documents go on together: a chunk each would cost more than the documents. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Writes a backup's file, replacing what is there.
 *
 * @returns its size in bytes
 */
export async function writeBackup(path: string, header: Header, records: AsyncIterable<Buffer>): Promise<number> {
  return await writeWhole(path, async (write) => {
    const hash = createHash("sha256");
    const writeHashed = async (bytes: Buffer) => {
      hash.update(bytes);
      await write(bytes);
    };
    await writeHashed(Buffer.from(`${MAGIC}${JSON.stringify(header)}\n`));
    await pipeline(
      Readable.from(inChunks(records)),
      createGzip({ level: 6 }),
      async (packed: AsyncIterable<Buffer>) => {
        for await (const chunk of packed) await writeHashed(chunk);
      },
    );
    await write(encodeFooter(hash.digest("hex")));
  });
}

async function* inChunks(records: AsyncIterable<Buffer>) {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const record of records) {
    waiting.push(record);
    bytes += record.length;
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  yield Buffer.concat(waiting);
}
