/**
 * The collection `ended_sessions`: sessions that another process ended (an admin command), for the servers to hear of. Each
 * looks once a second: that is one read of an index, where a change stream would have every stored message pass by.
 */
import { Schema, trusted, type Connection, type Model } from "mongoose";

interface EndedSession {
  /** the session's id */
  _id: string;
  userId: string;
  /** by the database's clock */
  at: Date;
}

export type EndedSessionModel = Model<EndedSession>;

const LOOK_EVERY_MS = 1_000;
/** Clocks differ by little, and a write may be seen later than a younger one. */
const OVERLAP_MS = 30_000;
/** By then the last access token of such a session has run out. */
const KEPT_S = 3_600;

/** The model on this connection; its indexes are made by the database module. */
export function createEndedSessionModel(connection: Connection): EndedSessionModel {
  const schema = new Schema<EndedSession>(
    {
      _id: { type: String, required: true },
      userId: { type: String, required: true },
      at: { type: Date, required: true },
    },
    { collection: "ended_sessions", versionKey: false, autoIndex: false, autoCreate: false },
  );
  schema.index({ at: 1 }, { name: "ttl", expireAfterSeconds: KEPT_S });
  return connection.model<EndedSession>("EndedSession", schema);
}

/** Lets every server know that these sessions are over. To be called before they are deleted: a crash between loses nothing. */
export async function announceEnded(
  model: EndedSessionModel,
  sessions: readonly { _id: string; userId: string }[],
): Promise<void> {
  if (sessions.length === 0) return;
  await model.collection.bulkWrite(
    sessions.map(({ _id, userId }) => ({
      updateOne: {
        filter: { _id: _id as never },
        update: [{ $set: { userId: { $literal: userId }, at: "$$NOW" } }],
        upsert: true,
      },
    })),
  );
}

/**
 * Calls `onEnded` for each session that was announced, once a second; some more than once.
 *
 * @param now - milliseconds, about as the database has it
 * @returns ends the looking, and waits for the look that is under way
 */
export function watchEnded(
  model: EndedSessionModel,
  now: () => number,
  onEnded: (ended: { _id: string; userId: string }) => void,
): () => Promise<void> {
  let since: number | null = null;
  let looking: Promise<void> | null = null;

  async function look(): Promise<void> {
    since ??= now();
    const found = await model.find({ at: trusted({ $gt: new Date(since - OVERLAP_MS) }) }).lean();
    for (const ended of found) {
      since = Math.max(since, ended.at.getTime());
      onEnded(ended);
    }
  }

  const timer = setInterval(() => {
    // While the database is away nothing is heard, and nobody is let in either: the next look after it is back tells.
    looking ??= look()
      .catch(() => undefined)
      .finally(() => (looking = null));
  }, LOOK_EVERY_MS).unref();

  return async () => {
    clearInterval(timer);
    await looking;
  };
}
