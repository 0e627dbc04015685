/** The collection `rooms`: what a room is, apart from its log. Its head is the log's to say. */
import { Schema, type Connection, type Model } from "mongoose";
import type { RoomKind } from "../../protocol/shapes.js";

/** A room as stored. It is written by `createRoomStore` alone, from the entries that change it. */
export interface StoredRoom {
  _id: string;
  kind: RoomKind;
  /** null in a direct room, and so is `nameKey` */
  name: string | null;
  /** the name folded: public rooms are unique by it, and listed and searched by it */
  nameKey: string | null;
  topic: string;
  createdBy: string;
  /** with `createdBy` what makes creating repeatable [L4] */
  createClientId: string;
  /** keyed hash of the request that made the room */
  createHash: string;
  createdAt: Date;
  memberCount: number;
  archivedAt: Date | null;
}

export type RoomModel = Model<StoredRoom>;

/** Index names: a duplicate-key error is told from others by them. */
export const ROOM_INDEXES = { publicName: "u_public_name", create: "u_create" } as const;

export function createRoomModel(connection: Connection): RoomModel {
  const schema = new Schema<StoredRoom>(
    {
      _id: { type: String, required: true },
      kind: { type: String, required: true },
      name: { type: String, default: null },
      nameKey: { type: String, default: null },
      topic: { type: String, default: "" },
      createdBy: { type: String, required: true },
      createClientId: { type: String, required: true },
      createHash: { type: String, required: true },
      createdAt: { type: Date, required: true },
      memberCount: { type: Number, required: true },
      archivedAt: { type: Date, default: null },
    },
    { collection: "rooms", versionKey: false, autoIndex: false, autoCreate: false },
  );
  schema.index(
    { nameKey: 1 },
    { name: ROOM_INDEXES.publicName, unique: true, partialFilterExpression: { kind: "public" } },
  );
  schema.index({ createdBy: 1, createClientId: 1 }, { name: ROOM_INDEXES.create, unique: true });
  return connection.model<StoredRoom>("Room", schema);
}
