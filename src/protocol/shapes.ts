/** What the server answers with, but for the log's entries: users, rooms, memberships. */
import { z } from "zod";
import { id, moment } from "./scalars.js";

export const userSchema = z.object({
  id,
  username: z.string(),
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
  bot: z.boolean(),
  createdAt: moment,
});
export type User = z.infer<typeof userSchema>;

export const meSchema = userSchema.extend({
  email: z.string().nullable(),
  role: z.enum(["member", "admin"]),
  preferences: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type Me = z.infer<typeof meSchema>;
export type Preferences = Me["preferences"];

export const roomKind = z.enum(["public", "private", "direct"]);
export type RoomKind = z.infer<typeof roomKind>;

export const roomSchema = z.object({
  id,
  kind: roomKind,
  /** null in a direct room */
  name: z.string().nullable(),
  topic: z.string(),
  createdBy: id,
  createdAt: moment,
  /** seq of the last entry, 0 when there is none */
  head: z.int().min(0),
  memberCount: z.int().min(0),
  archivedAt: moment.nullable(),
});
export type Room = z.infer<typeof roomSchema>;

export const memberRole = z.enum(["owner", "moderator", "member"]);
export type MemberRole = z.infer<typeof memberRole>;

export const notify = z.enum(["all", "mentions", "none"]);
export type Notify = z.infer<typeof notify>;

export const membershipSchema = z.object({
  roomId: id,
  userId: id,
  role: memberRole,
  joinedAt: moment,
  readSeq: z.int().min(0),
  notify,
});
export type Membership = z.infer<typeof membershipSchema>;

export const roomViewSchema = z.object({
  room: roomSchema,
  /** null for someone who only looks at a public room */
  membership: membershipSchema.nullable(),
  /** messages by others after `readSeq`; 100 means "more than 99" */
  unread: z.int().min(0).max(100),
  mentions: z.int().min(0).max(100),
  /** the other users of a direct room, else [] */
  peers: z.array(userSchema),
});
export type RoomView = z.infer<typeof roomViewSchema>;

export const presenceSchema = z.object({
  userId: id,
  status: z.enum(["online", "away", "busy", "offline"]),
  lastSeenAt: moment.nullable(),
});
export type Presence = z.infer<typeof presenceSchema>;

export const memberSchema = z.object({ user: userSchema, membership: membershipSchema, presence: presenceSchema });
export type Member = z.infer<typeof memberSchema>;

export const sessionSchema = z.object({
  id,
  createdAt: moment,
  lastUsedAt: moment,
  userAgent: z.string(),
  /** whether it is the one that asks */
  current: z.boolean(),
});
export type Session = z.infer<typeof sessionSchema>;

export const fileSchema = z.object({
  id,
  name: z.string(),
  type: z.string(),
  size: z.int(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  url: z.string(),
  thumbnailUrl: z.string().nullable(),
});

/** A seq to pass on for the next older or newer page, or null where there is none. */
export const pageSchema = z.object({ before: z.int().nullable(), after: z.int().nullable() });
export type Page = z.infer<typeof pageSchema>;

export const serverInfoSchema = z.object({
  name: z.string(),
  version: z.string(),
  protocol: z.literal(1),
  /** made at the first start and anew at each restore: another one than known means that caches and cursors are void */
  historyId: z.string(),
  time: moment,
  registration: z.enum(["open", "invite", "closed"]),
  limits: z.record(z.string(), z.number()),
});
export type ServerInfo = z.infer<typeof serverInfoSchema>;

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  requestId: z.string(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;
