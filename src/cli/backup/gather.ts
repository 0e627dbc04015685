/**
 * Everything that a backup keeps, read as of one moment: all reads belong to one snapshot session, so that the database
 * shows them the same point in time however much is written meanwhile. MongoDB keeps that point for five minutes
 * (minSnapshotHistoryWindowInSeconds), which is time for tens of millions of entries.
 */
import { mongo, type Connection } from "mongoose";
import { codeOf } from "../../infra/error-facts.js";
import { CommandError } from "../cli.js";
import { encodeRecord, isBackedUp, TAGS, type BackedUpSecret } from "./format.js";

export interface Gathered {
  historyId: string | null;
  /** documents by collection */
  counts: Record<string, number>;
  /** all records of the file; to be read once */
  records(onDocument: () => void): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

const snapshotGone = new Set<unknown>([239, 246]); // SnapshotTooOld, SnapshotUnavailable
const BATCH = 1_000;

/** Takes the moment and counts what there is as of it. */
export async function gather(connection: Connection, secret: BackedUpSecret): Promise<Gathered> {
  const client = connection.getClient();
  // The connection's own read concern is "majority", which a snapshot session cannot have beside its own.
  const db = client.db(connection.name, { readConcern: new mongo.ReadConcern("snapshot") });
  const listed = await db.listCollections({ type: "collection" }, { nameOnly: true }).toArray();
  const names = listed
    .map(({ name }) => name)
    .filter(isBackedUp)
    .sort();
  const session = client.startSession({ snapshot: true });

  const counts: Record<string, number> = {};

  async function count(name: string): Promise<number> {
    const counting = db.collection(name).aggregate<{ n: number }>([{ $count: "n" }], { session });
    return (await counting.toArray())[0]?.n ?? 0;
  }

  async function* records(onDocument: () => void): AsyncGenerator<Buffer> {
    yield encodeRecord(TAGS.secret, { ...secret });
    for (const name of names) {
      yield encodeRecord(TAGS.collection, { name });
      let written = 0;
      const found = db.collection(name).find({}, { session, raw: true, batchSize: BATCH });
      for await (const document of found) {
        // With `raw` the driver hands out the bytes themselves.
        yield encodeRecord(TAGS.document, document);
        written += 1;
        onDocument();
      }
      // Better found out now than at the restore.
      if (written !== counts[name])
        throw new CommandError(`MongoDB showed ${written} of ${counts[name]} ${name}. Nothing was backed up; repeat.`);
    }
    yield encodeRecord(TAGS.end, {});
  }

  try {
    for (const name of names) counts[name] = await count(name);
    const history = await db
      .collection<{ _id: string; historyId: string }>("settings")
      .findOne({ _id: "history" }, { session });
    return {
      historyId: history?.historyId ?? null,
      counts,
      records: (onDocument) => inTime(records(onDocument)),
      close: () => session.endSession(),
    };
  } catch (error) {
    await session.endSession();
    throw tooLate(error);
  }
}

async function* inTime(records: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* records;
  } catch (error) {
    throw tooLate(error);
  }
}

function tooLate(error: unknown): unknown {
  if (!(error instanceof mongo.MongoServerError) || !snapshotGone.has(codeOf(error))) return error;
  return new CommandError(
    "MongoDB does not keep the moment of the backup for as long as the backup takes. " +
      "Raise minSnapshotHistoryWindowInSeconds (setParameter) on its servers, and repeat.",
  );
}
