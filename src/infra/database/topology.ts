/** Checks once per start that what we are connected to keeps the promise that the log needs of it (G8). */
import mongoose from "mongoose";
import { DatabaseError } from "./errors.js";
import { standalone } from "./diagnosis.js";

const { MongoServerError } = mongoose.mongo;
const unauthorized = 13;

interface SetConfig {
  readonly writeConcernMajorityJournalDefault?: boolean;
  readonly members: readonly { readonly host: string; readonly arbiterOnly?: boolean }[];
}

/**
 * A replica set without arbiters whose majority means "in the journal", or a sharded cluster of such.
 *
 * @throws DatabaseError with the remedy
 */
export async function checkTopology(db: mongoose.mongo.Db, hosts: string): Promise<void> {
  const hello = await db.admin().command({ hello: 1 });
  if (hello["msg"] === "isdbgrid") return; // mongos hides its shards' members; their operator answers for them
  if (hello["setName"] === undefined) throw new DatabaseError(standalone(hosts).line);
  if (Array.isArray(hello["arbiters"]) && hello["arbiters"].length > 0)
    throw new DatabaseError(arbiterLine(hello["arbiters"].join(", ")));
  const config = await readSetConfig(db);
  if (config === null) return;
  const arbiters = config.members.filter((member) => member.arbiterOnly === true).map((member) => member.host);
  if (arbiters.length > 0) throw new DatabaseError(arbiterLine(arbiters.join(", ")));
  if (config.writeConcernMajorityJournalDefault === false) {
    throw new DatabaseError(
      "The replica set confirms writes that are not in the journal yet. Set writeConcernMajorityJournalDefault to true with rs.reconfig() in mongosh.",
    );
  }
}

function arbiterLine(arbiters: string): string {
  return `The replica set has an arbiter (${arbiters}), with which a confirmed message can be lost. Replace it by a member that keeps data: rs.remove() and rs.add() in mongosh.`;
}

/** Null when our user may not read it: `hello` has told of arbiters already, and the journal default is true unless someone changed it. */
async function readSetConfig(db: mongoose.mongo.Db): Promise<SetConfig | null> {
  try {
    return (await db.admin().command({ replSetGetConfig: 1 }))["config"];
  } catch (error) {
    if (error instanceof MongoServerError && error.code === unauthorized) return null;
    throw error;
  }
}
