/** The collection `users`: the people of this server. */
import { Schema, type Connection, type Model } from "mongoose";
import type { Me, User } from "../protocol/shapes.js";
import { foldCase } from "../protocol/text.js";

export interface StoredUser {
  /** 24 hex digits, as text */
  _id: string;
  /** lower case */
  username: string;
  displayName: string;
  /** the display name as it is searched: folded */
  searchName: string;
  email: string | null;
  role: Me["role"];
  /** JSON text: as fields of a document, names with dots and the like would have meanings of their own */
  preferences: string;
  passwordHash: string;
  /** the clientId of the registration, by which a repeat of it is known */
  clientId?: string;
  bot: boolean;
  createdAt: Date;
  /** kept out by whoever runs the server, since then */
  deactivatedAt?: Date;
  /** only on an account that an import made: where from, and its name there. Nobody can log in to it, having no password. */
  imported?: string;
  /** only on the very first account: a unique index lets one document have it */
  first?: true;
}

export type UserModel = Model<StoredUser>;

/** Index names: they tell duplicate-key errors apart. */
export const USER_INDEXES = { username: "u_username", first: "u_first", searchName: "search_name" } as const;

/** The model on this connection; its indexes are made by the database module. */
export function createUserModel(connection: Connection): UserModel {
  const schema = new Schema<StoredUser>(
    {
      _id: { type: String, required: true },
      username: { type: String, required: true },
      displayName: { type: String, required: true },
      searchName: { type: String, required: true },
      email: { type: String, default: null },
      role: { type: String, required: true },
      preferences: { type: String, required: true },
      passwordHash: { type: String, required: true },
      clientId: String,
      bot: { type: Boolean, required: true },
      createdAt: { type: Date, required: true },
      deactivatedAt: Date,
      imported: String,
      first: Boolean,
    },
    { collection: "users", versionKey: false, autoIndex: false, autoCreate: false },
  );
  schema.index({ username: 1 }, { name: USER_INDEXES.username, unique: true });
  schema.index({ searchName: 1, _id: 1 }, { name: USER_INDEXES.searchName });
  schema.index({ first: 1 }, { name: USER_INDEXES.first, unique: true, partialFilterExpression: { first: true } });
  return connection.model<StoredUser>("User", schema);
}

/** The form in which display names are stored for searching, and queries compared with them. */
export const toSearchName = foldCase;

/** What everybody may see of a user. */
export function toUser(stored: StoredUser): User {
  return {
    id: stored._id,
    username: stored.username,
    displayName: stored.displayName,
    avatarUrl: null,
    bot: stored.bot,
    createdAt: stored.createdAt.toISOString(),
  };
}

/** What users see of themselves. */
export function toMe(stored: StoredUser): Me {
  return {
    ...toUser(stored),
    email: stored.email,
    role: stored.role,
    // Written by us from a parsed request.
    preferences: JSON.parse(stored.preferences) as Me["preferences"],
  };
}
