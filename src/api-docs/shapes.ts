/** The shapes that the documents write out once and refer to by name. */
import type { z } from "zod";
import { endpoints } from "../protocol/endpoints/index.js";
import { entrySchema, roomChangesSchema } from "../protocol/entries.js";
import { ackErrorSchema, clientEvents } from "../protocol/events.js";
import { clientId, cursor, moment, seq } from "../protocol/scalars.js";
import {
  fileSchema,
  memberRole,
  memberSchema,
  membershipSchema,
  meSchema,
  notify,
  pageSchema,
  presenceSchema,
  problemSchema,
  roomKind,
  roomSchema,
  roomViewSchema,
  serverInfoSchema,
  sessionSchema,
  userSchema,
} from "../protocol/shapes.js";

type EntryKind = (typeof entrySchema.options)[number]["shape"]["kind"]["value"];

/** `message` is written as MessageEntry. */
export const entryShapeName = (kind: EntryKind) => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Entry`;

/** Of each kind, in the order of the protocol. */
export const entryKinds: readonly EntryKind[] = entrySchema.options.map(({ shape }) => shape.kind.value);

const entryShapes = Object.fromEntries(
  entrySchema.options.map((option) => [entryShapeName(option.shape.kind.value), option]),
);

export const SHAPES: Record<string, z.ZodType> = {
  User: userSchema,
  Me: meSchema,
  SignedIn: endpoints.login.answers[200],
  Session: sessionSchema,
  Room: roomSchema,
  RoomView: roomViewSchema,
  Membership: membershipSchema,
  Member: memberSchema,
  Presence: presenceSchema,
  Entry: entrySchema,
  ...entryShapes,
  RoomChanges: roomChangesSchema,
  File: fileSchema,
  Page: pageSchema,
  SyncRoom: clientEvents.sync.data.shape.rooms.element,
  ServerInfo: serverInfoSchema,
  Problem: problemSchema,
  AckError: ackErrorSchema,
  ErrorCode: ackErrorSchema.shape.code,
  RoomKind: roomKind,
  MemberRole: memberRole,
  Notify: notify,
  Moment: moment,
  Seq: seq,
  Cursor: cursor,
  ClientId: clientId,
};
