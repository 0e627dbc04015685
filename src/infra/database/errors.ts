/** What can go wrong with the database, told apart: what retrying mends, and what a person has to mend. */
import mongoose from "mongoose";

const { mongo } = mongoose;

/** Something a person has to put right: one line that says what is wrong and the remedy. Never shown with a stack. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
}

/** Server codes after which the same command may succeed: elections, shutdowns, network, write concern, time limits. */
const transientCodes = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  50, // MaxTimeMSExpired
  64, // WriteConcernFailed
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  251, // NoSuchTransaction
  262, // ExceededTimeLimit
  290, // TransactionExceededLifetimeLimitSeconds
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11601, // Interrupted
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
]);

const transientLabels = [
  "TransientTransactionError",
  "UnknownTransactionCommitResult",
  "RetryableWriteError",
  "ResetPool",
];

/** Driver classes that it does not export; a pool that was cleared is a network error already. */
const unexportedTransientNames = new Set(["MongoPoolClosedError", "MongoWaitQueueTimeoutError"]);

/**
 * Whether the database is away rather than wrong: the caller answers `unavailable`, and the same request may be
 * repeated. What was asked may or may not have been carried out.
 */
export function isTransientDatabaseError(error: unknown): boolean {
  if (
    error instanceof mongo.MongoNetworkError || // pool cleared and network timeouts as well
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoWriteConcernError ||
    error instanceof mongo.MongoNotConnectedError ||
    error instanceof mongo.MongoTopologyClosedError ||
    error instanceof mongo.MongoClientClosedError ||
    error instanceof mongo.MongoOperationTimeoutError ||
    error instanceof mongo.MongoServerClosedError ||
    error instanceof mongo.MongoExpiredSessionError
  ) {
    return true;
  }
  if (error instanceof mongo.MongoError) {
    if (unexportedTransientNames.has(error.name)) return true;
    if (transientLabels.some((label) => error.hasErrorLabel(label))) return true;
    if (typeof error.code === "number" && transientCodes.has(error.code)) return true;
    if (error instanceof mongo.MongoBulkWriteError) return error.result.getWriteConcernError() !== undefined;
    return false;
  }
  if (error instanceof mongoose.Error) {
    return (
      error instanceof mongoose.Error.MongooseServerSelectionError ||
      // Mongoose has no class of its own for "not connected yet" when commands are not buffered.
      /before initial connection is complete|buffering timed out|Connection was force closed/.test(error.message)
    );
  }
  return false;
}
