/** The collection `memberships`: one document for each user in each room, gone when the user leaves. */
import { Schema, type Connection, type Model, type Types } from "mongoose";
import type { MemberRole, Notify } from "../../protocol/shapes.js";

export interface StoredMembership {
  /** made in the order of joining, which settles who is older when two joined in one millisecond */
  _id: Types.ObjectId;
  roomId: string;
  userId: string;
  role: MemberRole;
  joinedAt: Date;
  readSeq: number;
  notify: Notify;
}

export type MembershipModel = Model<StoredMembership>;

export function createMembershipModel(connection: Connection): MembershipModel {
  const schema = new Schema<StoredMembership>(
    {
      roomId: { type: String, required: true },
      userId: { type: String, required: true },
      role: { type: String, required: true },
      joinedAt: { type: Date, required: true },
      readSeq: { type: Number, required: true },
      notify: { type: String, required: true },
    },
    { collection: "memberships", versionKey: false, autoIndex: false, autoCreate: false },
  );
  schema.index({ roomId: 1, userId: 1 }, { name: "u_member", unique: true });
  schema.index({ userId: 1 }, { name: "user" });
  return connection.model<StoredMembership>("Membership", schema);
}
