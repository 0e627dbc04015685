/** The entries of a room's log: what every room is made of [L1]. */
import { z } from "zod";
import { clientId, id, moment, seq } from "./scalars.js";
import { fileSchema, memberRole, roomKind } from "./shapes.js";

const base = { roomId: id, seq, sentAt: moment, senderId: id, clientId };

export const messageEntrySchema = z
  .object({
    ...base,
    kind: z.literal("message"),
    text: z.string().describe("Its last text; empty once it is deleted."),
    replyTo: seq.nullable().describe("Seq of the message that this one answers."),
    files: z.array(fileSchema),
    mentions: z.array(id).describe("Ids of the members it mentions."),
    editedAt: moment.nullable(),
    deletedAt: moment.nullable(),
    reactions: z
      .array(z.object({ emoji: z.string(), count: z.int(), userIds: z.array(id) }))
      .describe("In order of first use; `userIds` are the first 100 by time."),
    pinned: z.boolean(),
    changedSeq: seq.nullable().describe("Seq of the last change folded in."),
  })
  .describe("The entry that carries text, with all changes to it folded in [L8].");

const joinEntrySchema = z
  .object({ ...base, kind: z.literal("join"), userId: id })
  .describe("Somebody came in. `senderId` is who did it: that user, or who invited them.");
const leaveEntrySchema = z
  .object({ ...base, kind: z.literal("leave"), userId: id })
  .describe("Somebody is out. `senderId` is who did it: that user, or who removed them.");

export const roomChangesSchema = z.object({
  name: z.string().optional(),
  topic: z.string().optional(),
  kind: roomKind.optional(),
  archived: z.boolean().optional(),
});
export type RoomChanges = z.infer<typeof roomChangesSchema>;

const roomEntrySchema = z
  .object({ ...base, kind: z.literal("room"), changes: roomChangesSchema })
  .describe("The room was changed.");
const roleEntrySchema = z
  .object({ ...base, kind: z.literal("role"), userId: id, role: memberRole })
  .describe("A member's role was changed. Not in the timeline.");

export const entrySchema = z
  .discriminatedUnion("kind", [messageEntrySchema, joinEntrySchema, leaveEntrySchema, roomEntrySchema, roleEntrySchema])
  .describe("Anything that has a place in a room's log [L1]. Ignore kinds you do not know, but count their `seq`.");

export type MessageEntry = z.infer<typeof messageEntrySchema>;
export type JoinEntry = z.infer<typeof joinEntrySchema>;
export type LeaveEntry = z.infer<typeof leaveEntrySchema>;
export type RoomEntry = z.infer<typeof roomEntrySchema>;
export type Entry = z.infer<typeof entrySchema>;
