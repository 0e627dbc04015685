import { expect, it } from "@jest/globals";
import mongoose from "mongoose";
import { DatabaseError } from "./errors.js";
import { ensureIndexes, type IndexedModel } from "./indexes.js";

type Index = mongoose.mongo.IndexDescriptionInfo;

/** A model whose database says that all went well, and then has these indexes. */
function modelOn(present: Index[]): IndexedModel {
  const schema = new mongoose.Schema({ room: String, name: String });
  schema.index({ room: 1, name: 1 }, { unique: true });
  return {
    modelName: "Thing",
    collection: { name: "things", indexes: () => Promise.resolve(present) } as IndexedModel["collection"],
    schema,
    createCollection: () => Promise.resolve(),
    createIndexes: () => Promise.resolve(),
  };
}

const ensured = (index: Index) => ensureIndexes([modelOn([index])], new AbortController().signal);

it("[G8] takes an index for unique only when the database says so", async () => {
  const key = { room: 1, name: 1 };

  await expect(ensured({ v: 2, name: "u", key, unique: true })).resolves.toBeUndefined();
  for (const other of [
    { key },
    { key: { name: 1, room: 1 }, unique: true },
    { key: { room: 1 }, unique: true },
    { key, unique: true, partialFilterExpression: { room: "one" } },
  ]) {
    await expect(ensured({ v: 2, name: "u", ...other })).rejects.toBeInstanceOf(DatabaseError);
  }
});
