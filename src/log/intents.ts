/**
 * What somebody wants to append, and what is decided about it when its commit is formed [G6].
 * The rules themselves live in `rooms` and `messages` and are handed in: the log knows no permissions.
 */
import type { ClientSession } from "mongoose";
import type { Entry, RoomChanges } from "../protocol/entries.js";
import type { ChatError } from "../protocol/errors.js";
import type { MemberRole, RoomKind } from "../protocol/shapes.js";

export type Intent =
  | { kind: "message"; text: string; replyTo: number | null; fileIds: readonly string[] }
  | { kind: "join" }
  | { kind: "leave" }
  /** invite `userId`, or give a member another role; `role` null leaves a member's role as it is */
  | { kind: "member"; userId: string; role: MemberRole | null }
  | { kind: "remove"; userId: string }
  | { kind: "room"; changes: RoomChanges };

export interface Proposal {
  roomId: string;
  senderId: string;
  /** lower-cased; the same one is appended once, however often it is proposed [L4] */
  clientId: string;
  intent: Intent;
}

/** A room without its head, which the log keeps. */
export interface RoomRecord {
  id: string;
  kind: RoomKind;
  name: string | null;
  topic: string;
  createdBy: string;
  createdAt: string;
  memberCount: number;
  archivedAt: string | null;
}

/** What a proposal is judged by: the room as of its last entry, or newer, never older [G2]. */
export interface Facts {
  room: RoomRecord | null;
  roleOf(userId: string): MemberRole | null;
  /** the message at `seq`, null when there is none: only that of the proposal's `replyTo` is known */
  replyTarget: { deleted: boolean } | null;
}

/** The own fields of an entry that is to be written. */
export type Draft =
  | { kind: "message"; text: string; replyTo: number | null }
  | { kind: "join" | "leave"; userId: string }
  | { kind: "role"; userId: string; role: MemberRole }
  | { kind: "room"; changes: RoomChanges };

export type Verdict =
  | { kind: "refuse"; error: ChatError }
  /** it is so already: answered without taking a position */
  | { kind: "nothing" }
  | { kind: "append"; drafts: readonly [Draft, ...Draft[]]; change: Change | null };

/** What an entry changes beside the log; written in one transaction with it [L11] [G7]. */
export interface Change {
  write(session: ClientSession, placed: readonly Entry[]): Promise<void>;
  /** turns a database error that is the proposer's to see (a name that is taken) into that; null for any other */
  refusal(error: unknown): ChatError | null;
}

/** Who may write what. `judgeMessage` answers at once: plain messages are judged 256 at a time. */
export interface Rules {
  judgeMessage(proposal: Proposal, facts: Facts): Verdict;
  judgeChange(proposal: Proposal, facts: Facts): Promise<Verdict>;
}

/** Where rooms and roles are read when the log's memory does not hold them; majority reads. */
export interface RoomSource {
  loadRooms(roomIds: readonly string[]): Promise<RoomRecord[]>;
  loadRoles(members: readonly MemberKey[]): Promise<(MemberKey & { role: MemberRole })[]>;
}

export interface MemberKey {
  roomId: string;
  userId: string;
}

/** The users whose roles a verdict on `proposal` may ask for. */
export function usersOf({ senderId, intent }: Proposal): string[] {
  return intent.kind === "member" || intent.kind === "remove" ? [senderId, intent.userId] : [senderId];
}

/** The fields of a request that make it the same or another one under a clientId [L4], in a fixed order. */
export function contentOf(intent: Intent): unknown[] {
  switch (intent.kind) {
    case "message":
      return ["message", intent.text, intent.replyTo, intent.fileIds];
    case "join":
    case "leave":
      return [intent.kind];
    case "member":
      return ["member", intent.userId, intent.role];
    case "remove":
      return ["remove", intent.userId];
    case "room": {
      const { name, topic, kind, archived } = intent.changes;
      return ["room", name ?? null, topic ?? null, kind ?? null, archived ?? null];
    }
  }
}
