/** What the server answers with, but for the log's entries: users, rooms, memberships. */
import { z } from "zod";
import { id, moment } from "./scalars.js";

export const userSchema = z
  .object({
    id,
    username: z.string(),
    displayName: z.string(),
    avatarUrl: z.string().nullable(),
    bot: z.boolean(),
    createdAt: moment,
  })
  .describe("A person, or a bot, as everybody sees them.");
export type User = z.infer<typeof userSchema>;

export const meSchema = userSchema
  .extend({
    email: z.string().nullable(),
    role: z.enum(["member", "admin"]),
    preferences: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .describe("A user as they see themselves.");
export type Me = z.infer<typeof meSchema>;
export type Preferences = Me["preferences"];

export const roomKind = z.enum(["public", "private", "direct"]);
export type RoomKind = z.infer<typeof roomKind>;

export const roomSchema = z
  .object({
    id,
    kind: roomKind,
    name: z.string().nullable().describe("Null in a direct room."),
    topic: z.string(),
    createdBy: id,
    createdAt: moment,
    head: z.int().min(0).describe("Seq of the last entry, 0 when there is none."),
    memberCount: z.int().min(0),
    archivedAt: moment.nullable().describe("Archived rooms can be read; nothing new is taken."),
  })
  .describe("Where messages are posted.");
export type Room = z.infer<typeof roomSchema>;

export const memberRole = z.enum(["owner", "moderator", "member"]);
export type MemberRole = z.infer<typeof memberRole>;

export const notify = z.enum(["all", "mentions", "none"]);
export type Notify = z.infer<typeof notify>;

export const membershipSchema = z
  .object({
    roomId: id,
    userId: id,
    role: memberRole,
    joinedAt: moment,
    readSeq: z.int().min(0).describe("How far this member has read; it never moves back."),
    notify,
  })
  .describe("A user's place in a room.");
export type Membership = z.infer<typeof membershipSchema>;

export const roomViewSchema = z
  .object({
    room: roomSchema,
    membership: membershipSchema.nullable().describe("Null for someone who only looks at a public room."),
    unread: z.int().min(0).max(100).describe('Messages by others after `readSeq`; 100 means "more than 99".'),
    mentions: z.int().min(0).max(100).describe("Those of the unread ones that mention one."),
    peers: z.array(userSchema).describe("The other users of a direct room, else []."),
  })
  .describe("A room as one user sees it.");
export type RoomView = z.infer<typeof roomViewSchema>;

export const presenceSchema = z
  .object({
    userId: id,
    status: z.enum(["online", "away", "busy", "offline"]),
    lastSeenAt: moment.nullable(),
  })
  .describe("Whether somebody is here.");
export type Presence = z.infer<typeof presenceSchema>;

export const memberSchema = z
  .object({ user: userSchema, membership: membershipSchema, presence: presenceSchema })
  .describe("Somebody who is in a room.");
export type Member = z.infer<typeof memberSchema>;

export const sessionSchema = z
  .object({
    id,
    createdAt: moment,
    lastUsedAt: moment,
    userAgent: z.string(),
    current: z.boolean().describe("Whether it is the one that asks."),
  })
  .describe("A place where one is logged in.");
export type Session = z.infer<typeof sessionSchema>;

export const fileSchema = z
  .object({
    id,
    name: z.string(),
    type: z.string(),
    size: z.int(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    url: z.string().describe("A path on this server that wants the token."),
    thumbnailUrl: z.string().nullable(),
  })
  .describe("An upload.");

export const pageSchema = z
  .object({ before: z.int().nullable(), after: z.int().nullable() })
  .describe("A seq to pass on for the next older or newer page, or null where there is none.");
export type Page = z.infer<typeof pageSchema>;

export const serverInfoSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    protocol: z.literal(1),
    historyId: z
      .string()
      .describe(
        "Made at the first start and anew at each restore: another one than known means that caches and cursors are void.",
      ),
    time: moment,
    registration: z.enum(["open", "invite", "closed"]),
    limits: z.record(z.string(), z.number()).describe("The constant limits, by name."),
  })
  .describe("What a server is.");
export type ServerInfo = z.infer<typeof serverInfoSchema>;

export const problemSchema = z
  .object({
    type: z.string().describe("`urn:parlance:error:` and the code."),
    title: z.string(),
    status: z.int(),
    code: z.string().describe("What a program decides by."),
    detail: z.string().describe("What happened, for a person."),
    requestId: z.string().describe("Finds the request in the server's log."),
    fields: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe("Each place of the request that is wrong; `path` is dotted."),
  })
  .describe("A failed call, by RFC 9457.");
export type Problem = z.infer<typeof problemSchema>;
