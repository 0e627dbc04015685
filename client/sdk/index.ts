/** The chat client as a package of its own: everything that its users may take from it. */
export { createChatClient } from "./chat-client.js";
export {
  createMemoryStorage,
  createProcessLock,
  type ChatClientOptions,
  type ClientLock,
  type ClientNetwork,
  type ClientStorage,
  type Fetch,
  type NetworkSignal,
  type Timers,
} from "./options.js";
export type { Account, ChatClient, ChatState, Connection, Pending, RoomState, Row } from "./types.js";
export { ChatError, type ErrorCode, type FieldProblem } from "../../src/protocol/errors.js";
export type { Entry, JoinEntry, LeaveEntry, MessageEntry, RoomChanges, RoomEntry } from "../../src/protocol/entries.js";
export type {
  Me,
  Member,
  MemberRole,
  Membership,
  Notify,
  Preferences,
  Presence,
  Room,
  RoomKind,
  RoomView,
  ServerInfo,
  Session,
  User,
} from "../../src/protocol/shapes.js";
export { LIMITS } from "../../src/protocol/limits.js";
