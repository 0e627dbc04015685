/** Where a restore gathers its collections, under other names, until all of them are there with their indexes. */
import { mongo, type Connection } from "mongoose";
import { renewHistoryId } from "../../log/history-id.js";
import { CommandError } from "../cli.js";
import type { Data } from "../open.js";
import type { BackedUpDocument, Backup } from "./read.js";

const PREFIX = "restoring_";
/** In the settings the id of the history is made anew, and the mark of the restore is its own. */
const SETTINGS = "settings";
/** The list of who uses the database keeps others out while this goes on. */
const KEPT = new Set([SETTINGS, "servers"]);
const BATCH_DOCUMENTS = 5_000;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Numbers come back in the very type in which they were stored. */
const BYTE_FOR_BYTE = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;

export interface Staging {
  /** documents to be loaded */
  total: number;
  /** Loads and indexes everything beside what is there. */
  load(onLoaded: (documents: number) => void): Promise<void>;
  /** Puts what was loaded in the place of what is there, makes a new history id, and ends all sessions. */
  switchOver(): Promise<void>;
}

export function createStaging(data: Data, backup: Backup): Staging {
  const { connection } = data;
  const { counts } = backup.header;
  const names = Object.keys(counts).filter((name) => name !== SETTINGS);
  const settings: mongo.Document[] = [];
  const staged = (name: string) => connection.getClient().db(connection.name).collection(`${PREFIX}${name}`);

  async function insert(name: string, documents: readonly Buffer[]): Promise<void> {
    const parsed = documents.map((bytes) => mongo.BSON.deserialize(bytes, BYTE_FOR_BYTE));
    if (name === SETTINGS) settings.push(...parsed);
    else await staged(name).insertMany(parsed, { ordered: true, ignoreUndefined: false });
  }

  async function index(): Promise<void> {
    for (const model of data.models) {
      const wanted = model.schema
        .indexes()
        .map(([key, options]) => ({ ...options, key: key as mongo.IndexSpecification }));
      if (!names.includes(model.collection.name) || wanted.length === 0) continue;
      await staged(model.collection.name).createIndexes(wanted as mongo.IndexDescription[]);
    }
  }

  async function check(): Promise<void> {
    for (const name of names) {
      const loaded = await staged(name).countDocuments();
      if (loaded !== counts[name])
        throw new CommandError(
          `${loaded} of ${counts[name] ?? 0} ${name} are in the database. Nothing was changed; repeat.`,
        );
    }
  }

  return {
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),

    async load(onLoaded) {
      await dropStaging(connection);
      for (const name of names) await connection.createCollection(`${PREFIX}${name}`);
      let loaded = 0;
      for await (const { collection, documents } of inBatches(backup.documents())) {
        await insert(collection, documents);
        loaded += documents.length;
        onLoaded(loaded);
      }
      await index();
      await check();
    },

    async switchOver() {
      const present = await connection.listCollections();
      for (const { name } of present)
        if (!name.startsWith(PREFIX) && !name.startsWith("system.") && !KEPT.has(name) && !names.includes(name))
          await connection.dropCollection(name);
      for (const name of names) await staged(name).rename(name, { dropTarget: true });
      const kept = connection.collection<{ _id: unknown }>(SETTINGS);
      for (const setting of settings)
        if (setting["_id"] !== "history" && setting["_id"] !== "restore")
          await kept.replaceOne({ _id: setting["_id"] }, setting, { upsert: true });
      await renewHistoryId(connection);
    },
  };
}

/** Drops what a restore gathered so far. */
export async function dropStaging(connection: Connection): Promise<void> {
  for (const { name } of await connection.listCollections())
    if (name.startsWith(PREFIX)) await connection.dropCollection(name);
}

async function* inBatches(documents: AsyncIterable<BackedUpDocument>) {
  let batch: { collection: string; documents: Buffer[] } | null = null;
  let bytes = 0;
  for await (const { collection, bytes: document } of documents) {
    const isFull = (batch?.documents.length ?? 0) >= BATCH_DOCUMENTS || bytes + document.length > BATCH_BYTES;
    if (batch !== null && (isFull || batch.collection !== collection)) {
      yield batch;
      batch = null;
    }
    if (batch === null) {
      batch = { collection, documents: [] };
      bytes = 0;
    }
    batch.documents.push(document);
    bytes += document.length;
  }
  if (batch !== null) yield batch;
}
