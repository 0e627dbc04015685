/** The entries of a room's log: what every room is made of [L1]. */
import { z } from "zod";
import { clientId, id, moment, seq } from "./scalars.js";
import { fileSchema, memberRole, roomKind } from "./shapes.js";

const base = { roomId: id, seq, sentAt: moment, senderId: id, clientId };

export const messageEntrySchema = z.object({
  ...base,
  kind: z.literal("message"),
  text: z.string(),
  replyTo: seq.nullable(),
  files: z.array(fileSchema),
  mentions: z.array(id),
  editedAt: moment.nullable(),
  deletedAt: moment.nullable(),
  reactions: z.array(z.object({ emoji: z.string(), count: z.int(), userIds: z.array(id) })),
  pinned: z.boolean(),
  /** seq of the last change folded in */
  changedSeq: seq.nullable(),
});

/** `senderId` is who did it: that user, or who invited or removed them. */
const joinEntrySchema = z.object({ ...base, kind: z.literal("join"), userId: id });
const leaveEntrySchema = z.object({ ...base, kind: z.literal("leave"), userId: id });

export const roomChangesSchema = z.object({
  name: z.string().optional(),
  topic: z.string().optional(),
  kind: roomKind.optional(),
  archived: z.boolean().optional(),
});
export type RoomChanges = z.infer<typeof roomChangesSchema>;

const roomEntrySchema = z.object({ ...base, kind: z.literal("room"), changes: roomChangesSchema });
const roleEntrySchema = z.object({ ...base, kind: z.literal("role"), userId: id, role: memberRole });

export const entrySchema = z.discriminatedUnion("kind", [
  messageEntrySchema,
  joinEntrySchema,
  leaveEntrySchema,
  roomEntrySchema,
  roleEntrySchema,
]);

export type MessageEntry = z.infer<typeof messageEntrySchema>;
export type JoinEntry = z.infer<typeof joinEntrySchema>;
export type LeaveEntry = z.infer<typeof leaveEntrySchema>;
export type RoomEntry = z.infer<typeof roomEntrySchema>;
export type Entry = z.infer<typeof entrySchema>;
