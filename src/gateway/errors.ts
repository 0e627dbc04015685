/** What a client is told of whatever was thrown while it was served. */
import { ChatError } from "../protocol/errors.js";

const AWAY_RETRY_MS = 2_000;

/** @param isDatabaseError whether an error means that the database is away: then nothing is known of the outcome [L7] */
export function createErrorTranslation(isDatabaseError: (error: unknown) => boolean): (error: unknown) => ChatError {
  return (error) => {
    if (error instanceof ChatError) return error;
    if (isDatabaseError(error)) {
      return new ChatError("unavailable", "The database is not available right now.", { retryAfterMs: AWAY_RETRY_MS });
    }
    return new ChatError("internal", "Something went wrong on the server.", { cause: error });
  };
}
