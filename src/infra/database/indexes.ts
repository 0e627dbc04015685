/** Makes the declared collections and indexes, and then trusts only what the database says it has. */
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type mongoose from "mongoose";
import { DatabaseError, isTransientDatabaseError } from "./errors.js";
import { reasonOf } from "../error-facts.js";

/** As much of a Mongoose model as is needed here, whatever its document type. */
export interface IndexedModel {
  readonly modelName: string;
  readonly collection: Pick<mongoose.Collection, "name" | "indexes">;
  readonly schema: { indexes(): [mongoose.IndexDefinition, mongoose.IndexOptions][] };
  createCollection(): Promise<unknown>;
  createIndexes(): Promise<void>;
}

type Index = mongoose.mongo.IndexDescriptionInfo;
const pauseMs = 250;

/**
 * Makes what is missing of each model's collection and indexes, and checks that those declared unique are. Waits out
 * a database that is away; repeating it changes nothing.
 *
 * @throws DatabaseError when an index cannot be made, or is there in another form
 */
export async function ensureIndexes(models: readonly IndexedModel[], signal: AbortSignal): Promise<void> {
  for (const model of models) {
    for (;;) {
      try {
        await ensureModel(model);
        break;
      } catch (error) {
        if (signal.aborted || !isTransientDatabaseError(error)) throw error;
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

async function ensureModel(model: IndexedModel): Promise<void> {
  try {
    await model.createCollection();
    await model.createIndexes();
  } catch (error) {
    if (isTransientDatabaseError(error)) throw error;
    throw new DatabaseError(
      `The collection ${model.collection.name} and its indexes cannot be made: ${reasonOf(error)}. ` +
        "The user of MONGODB_URI needs readWrite on its database, and what is stored there has to fit the indexes.",
    );
  }
  const present: Index[] = await model.collection.indexes();
  for (const [keys, options] of model.schema.indexes()) {
    if (options.unique === true && !present.some((index) => isThatUnique(index, keys, options))) {
      throw new DatabaseError(
        `The collection ${model.collection.name} lacks its unique index on ${Object.keys(keys).join(", ")}, or has it in another form. ` +
          "Drop that index in mongosh; the next start makes it again.",
      );
    }
  }
}

/** The order of keys matters in an index, so they are compared as lists. */
function isThatUnique(index: Index, keys: mongoose.IndexDefinition, options: mongoose.IndexOptions): boolean {
  return (
    index.unique === true &&
    isDeepStrictEqual(Object.entries(index.key), Object.entries(keys)) &&
    isDeepStrictEqual(index["partialFilterExpression"] ?? null, options.partialFilterExpression ?? null)
  );
}
