/** The collection `sessions`: where people are logged in. A session that ended is not there any more. */
import { Schema, type Connection, type Model } from "mongoose";

export interface StoredSession {
  /** 24 hex digits, as text; `sid` in the tokens */
  _id: string;
  userId: string;
  /** how often the refresh token was replaced: the one in use carries this number */
  generation: number;
  userAgent: string;
  createdAt: Date;
  /** kept roughly: not every request is written down */
  lastUsedAt: Date;
  /** moves on with each refresh */
  expiresAt: Date;
}

export type SessionModel = Model<StoredSession>;

/** The model on this connection; its indexes are made by the database module. */
export function createSessionModel(connection: Connection): SessionModel {
  const schema = new Schema<StoredSession>(
    {
      _id: { type: String, required: true },
      userId: { type: String, required: true },
      generation: { type: Number, required: true },
      userAgent: { type: String, default: "" },
      createdAt: { type: Date, required: true },
      lastUsedAt: { type: Date, required: true },
      expiresAt: { type: Date, required: true },
    },
    { collection: "sessions", versionKey: false, autoIndex: false, autoCreate: false },
  );
  schema.index({ userId: 1, lastUsedAt: -1 }, { name: "by_user" });
  schema.index({ expiresAt: 1 }, { name: "ttl", expireAfterSeconds: 0 });
  return connection.model<StoredSession>("Session", schema);
}
