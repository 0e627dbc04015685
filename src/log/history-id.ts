/** The identity of this history: made at the first start and anew at each restore, so that clients drop what they kept. */
import { randomUUID } from "node:crypto";
import type { Connection } from "mongoose";

interface HistorySetting {
  _id: "history";
  historyId: string;
}

/** Makes a new id: what clients keep of the old history is void. */
export async function renewHistoryId(connection: Connection): Promise<void> {
  const settings = connection.collection<HistorySetting>("settings");
  await settings.updateOne({ _id: "history" }, { $set: { historyId: randomUUID() } }, { upsert: true });
}

/** The id in the database, made there when there is none. Two servers that start at once get the same one. */
export async function readHistoryId(connection: Connection): Promise<string> {
  const settings = connection.collection<HistorySetting>("settings");
  const made = { $setOnInsert: { historyId: randomUUID() } };
  const found = await settings.findOneAndUpdate({ _id: "history" }, made, { upsert: true, returnDocument: "after" });
  if (found === null) throw new Error("The history has no id.");
  return found.historyId;
}
