/** The names of the Socket.IO events, and the words they use. Imports nothing: the client takes them from here. */

/** What this server answers so far; the contract's other client events come with the parts that serve them. */
export const CLIENT_EVENTS = { messageSend: "message:send", sync: "sync", sessionRenew: "session:renew" } as const;

export const SERVER_EVENTS = {
  entries: "entries",
  roomAdded: "room:added",
  roomRemoved: "room:removed",
  roomChanged: "room:changed",
  membershipChanged: "membership:changed",
  userChanged: "user:changed",
  heads: "heads",
  resync: "resync",
  sessionEnded: "session:ended",
} as const;

/** Why the server ended a socket. After `revoked` and `too_many` a client does not come back by itself. */
export const SESSION_END_CODES = ["token_expired", "revoked", "rate_limited", "draining", "too_many"] as const;
export type SessionEndCode = (typeof SESSION_END_CODES)[number];

/** The entry kinds that stand in a timeline; the others change one of these, or a membership. */
export const TIMELINE_KINDS = ["message", "join", "leave", "room"] as const;
