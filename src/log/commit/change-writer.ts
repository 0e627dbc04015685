/** Writes the entries that change a room in one transaction with what they change [L11] [G7]. */
import { mongo, type Connection } from "mongoose";
import { isTransientDatabaseError } from "../../infra/database/index.js";
import { ChatError } from "../../protocol/errors.js";
import { duplicateIndexOf, type EntryStore, type Hashed } from "../entry-store.js";
import type { Change } from "../intents.js";

/**
 * There is no confirmed prefix inside a transaction: any error but an unknown commit means that nothing was stored. `raced`:
 * another server was first, or a conflicting write was under way; `refused`: the change itself cannot be.
 */
export type ChangeOutcome =
  { kind: "stored" } | { kind: "raced" } | { kind: "refused"; error: ChatError } | { kind: "unknown"; error: unknown };

export interface ChangeWriter {
  write(entries: readonly Hashed[], change: Change | null): Promise<ChangeOutcome>;
}

const WRITE_CONFLICT = 112;

const OPTIONS = {
  readConcern: { level: "snapshot" },
  writeConcern: { w: "majority", journal: true },
} as const;

const has = (error: unknown, label: string) => error instanceof mongo.MongoError && error.hasErrorLabel(label);

/** Whether the database, and not a fault of ours, is behind an error. */
export function isDatabaseFault(error: unknown): boolean {
  return error instanceof mongo.MongoError || isTransientDatabaseError(error);
}

function outcomeOf(error: unknown, change: Change | null): ChangeOutcome {
  if (error instanceof ChatError) return { kind: "refused", error };
  if (duplicateIndexOf(error) !== null) return { kind: "raced" };
  const refusal = change?.refusal(error) ?? null;
  if (refusal !== null) return { kind: "refused", error: refusal };
  if ((error as { code?: unknown }).code === WRITE_CONFLICT || has(error, "TransientTransactionError")) {
    // A lost connection carries this label too; the room is read again either way.
    return { kind: "raced" };
  }
  if (isDatabaseFault(error)) return { kind: "unknown", error };
  // A bug in what writes the change: trying again would not help, and it must not look like a database that is away.
  return { kind: "refused", error: new ChatError("internal", "The change could not be stored.", { cause: error }) };
}

export function createChangeWriter({ connection, store }: { connection: Connection; store: EntryStore }): ChangeWriter {
  return {
    async write(entries, change) {
      const session = await connection.startSession();
      try {
        session.startTransaction(OPTIONS);
        try {
          await store.insertInTransaction(entries, session);
          await change?.write(
            session,
            entries.map(({ entry }) => entry),
          );
        } catch (error) {
          await session.abortTransaction().catch(() => undefined);
          return outcomeOf(error, change);
        }
        // The driver repeats an unanswered commit once by itself; after that its outcome is unknown.
        await session.commitTransaction();
        return { kind: "stored" };
      } catch (error) {
        return has(error, "TransientTransactionError") && !has(error, "UnknownTransactionCommitResult")
          ? { kind: "raced" }
          : { kind: "unknown", error };
      } finally {
        await session.endSession().catch(() => undefined);
      }
    },
  };
}
