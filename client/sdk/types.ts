/**
 * The chat client as its users (the web page, journeys, bots) see it: a state to read, and things to do.
 *
 * The state is immutable: what did not change keeps its identity, so a screen may compare by `===`.
 */
import type { Entry } from "../../src/protocol/entries.js";
import type { ErrorCode } from "../../src/protocol/errors.js";
import type {
  Me,
  Member,
  MemberRole,
  Membership,
  Notify,
  Preferences,
  Room,
  RoomView,
  ServerInfo,
  Session,
  User,
} from "../../src/protocol/shapes.js";

/** Who is logged in. `ended` says why nobody is any more: the person is asked to log in again, and nothing typed is dropped. */
export type Account =
  { kind: "starting" } | { kind: "signedOut"; ended: "expired" | "revoked" | null } | { kind: "signedIn"; me: Me };

/**
 * The live connection. `since` and `retryAt` are milliseconds by the client's own clock.
 * `refused`: it does not come back by itself (`revoked`, `too_many`); `retryNow()` tries again.
 */
export type Connection =
  | { kind: "offline"; since: number; retryAt: number | null }
  | { kind: "connecting"; since: number }
  | { kind: "syncing"; since: number }
  | { kind: "live"; since: number }
  | { kind: "refused"; since: number; code: string; detail: string };

/** Something of one's own that is not yet acked. It stands after all entries, in the order in which it was written. */
export interface Pending {
  clientId: string;
  text: string;
  replyTo: number | null;
  /** when it was written, by the client's clock: for show only */
  writtenAt: number;
  status:
    | { kind: "sending" }
    /** no answer in 10 s, or told to wait: it goes on by itself; `retryAt` when a moment is known */
    | { kind: "stillTrying"; retryAt: number | null }
    /** a final error: only the person can go on */
    | { kind: "failed"; code: ErrorCode; detail: string };
}

/**
 * One row of a timeline. `key` is the clientId: it stays the same from pending to sent, so that a row is never remounted.
 * `hole`: entries between `after` and `before` (both exclusive) that could not be loaded.
 */
export type Row =
  | { kind: "entry"; key: string; entry: Entry }
  | { kind: "pending"; key: string; pending: Pending }
  | { kind: "hole"; key: string; after: number; before: number };

export interface RoomState {
  view: RoomView;
  /** ascending by seq, pending ones last */
  rows: readonly Row[];
  /** the newest page: not asked for yet, under way, there, or failed (openRoom tries again) */
  newest: "none" | "loading" | "ready" | "failed";
  /** what is above the first row: unknown yet or more to load, under way, a failure (loadOlder tries again), or nothing: the room starts here */
  older: "more" | "loading" | "failed" | "start";
  /**
   * What is below the last entry: nothing, and what comes live is added there; or, far up, what was given up to keep the rows
   * few: more to load, under way, or a failure (loadNewer tries again).
   */
  newer: "end" | "more" | "loading" | "failed";
  /** null until loadMembers was called; live from then on */
  members: readonly Member[] | null;
}

export interface ChatState {
  account: Account;
  connection: Connection;
  /** null until the first connection of this account has synced */
  rooms: ReadonlyMap<string, RoomState> | null;
  /** everybody whose name has been needed so far; unknown ones are fetched as they turn up */
  users: ReadonlyMap<string, User>;
  server: ServerInfo | null;
}

/**
 * Every method that returns a promise rejects with a `ChatError` (protocol/errors) the server answered with, or with one of
 * code `unavailable` when no answer came. Results are in the state too.
 */
export interface ChatClient {
  getState(): ChatState;
  /** Calls back after each change of the state. @returns a function that ends it */
  subscribe(listener: () => void): () => void;
  /**
   * Calls back with each entry that is new in one's rooms: each once, in order of its room, one's own too; what was said while
   * the connection was lost comes when it is back. What is there at the first connection, or was before one joined, is not new;
   * of a room that is over 1,000 entries ahead by then, what lies between is left out.
   *
   * @returns a function that ends it
   */
  onEntry(listener: (entry: Entry) => void): () => void;

  /** Resumes the session of an earlier visit, when there was one; asks the server nothing about it when nobody ever logged in. */
  start(): Promise<void>;
  /** Resolves once the rooms are known: at once, or with the first connection of this account. */
  ready(): Promise<void>;
  register(input: { username: string; password: string; displayName?: string }): Promise<Me>;
  logIn(input: { username: string; password: string }): Promise<Me>;
  logOut(): Promise<void>;
  updateMe(input: { displayName?: string; email?: string | null; preferences?: Preferences }): Promise<Me>;
  changePassword(input: { current: string; next: string }): Promise<void>;
  listSessions(): Promise<Session[]>;
  endSession(sessionId: string): Promise<void>;

  createRoom(input: { name: string; topic?: string; kind: "public" | "private" }): Promise<RoomView>;
  listDirectory(query: string, cursor?: string): Promise<{ rooms: Room[]; nextCursor: string | null }>;
  joinRoom(roomId: string): Promise<RoomView>;
  /** Joins the public room of this name, upper or lower case alike; `not_found` when there is none. */
  joinRoomByName(name: string): Promise<RoomView>;
  leaveRoom(roomId: string): Promise<void>;
  updateRoom(
    roomId: string,
    changes: { name?: string; topic?: string; kind?: "public" | "private"; archived?: boolean },
  ): Promise<RoomView>;
  setNotify(roomId: string, notify: Notify): Promise<Membership>;
  loadMembers(roomId: string): Promise<void>;
  putMember(roomId: string, userId: string, role?: MemberRole): Promise<Membership>;
  removeMember(roomId: string, userId: string): Promise<void>;
  findUsers(query: string): Promise<User[]>;
  /** Somebody by id. Waits for a connection where there is none; `not_found` when there is no such user. */
  getUser(userId: string): Promise<User>;

  /** Loads the newest page, unless it is there. */
  openRoom(roomId: string): Promise<void>;
  /** Loads the page above the first row; far up the newest rows are given up. Calls while one is under way are one call. */
  loadOlder(roomId: string): Promise<void>;
  /** Loads the page below the last entry where the newest were given up, and gives up the oldest in turn. */
  loadNewer(roomId: string): Promise<void>;
  /** Goes back to the room's end where the newest were given up; the rows change once the newest page is there. */
  loadNewest(roomId: string): Promise<void>;
  /** Loads what a `hole` row stands for. */
  fillHole(roomId: string, after: number): Promise<void>;

  /** Queues a message at once and returns its clientId; what becomes of it shows in the room's rows. */
  send(roomId: string, text: string, options?: { replyTo?: number; clientId?: string }): string;
  /** Sends a failed message again, under the same clientId where that can help. */
  retry(roomId: string, clientId: string): void;
  /** Takes a failed or not yet sent message away. */
  discard(roomId: string, clientId: string): void;

  /** Connects now instead of at `retryAt`. */
  retryNow(): void;
  /** Ends the connection and all timers; the client is not used again. */
  close(): void;
}
