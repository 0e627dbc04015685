/**
 * Every constant limit of the wire contract, by name. GET /server shows this object as it stands.
 * Imports nothing: the web client carries it without carrying zod.
 */
export const LIMITS = {
  /** characters of `a-z 0-9 . _ -` */
  usernameMin: 3,
  usernameMax: 32,
  /** UTF-8 bytes: bcrypt reads no further than 72 */
  passwordMinBytes: 8,
  passwordMaxBytes: 72,
  /** characters of a username or a password at login */
  loginMax: 1_000,
  displayNameMax: 64,
  emailMax: 254,
  preferencesMax: 50,
  preferenceKeyMax: 64,
  preferenceTextMax: 1_000,
  roomNameMax: 80,
  topicMax: 250,
  /** UTF-16 code units, after trimming */
  messageTextMax: 8_000,
  filesPerMessage: 10,
  fileBytes: 25 * 1024 * 1024,
  /** the other people of a direct room */
  directUsersMax: 8,
  /** one packet from a client, and one JSON body */
  packetBytes: 64 * 1024,
  bodyBytes: 64 * 1024,
  /** one `entries` packet from the server */
  entriesPacketBytes: 256 * 1024,
  socketsPerUser: 20,
  pageMax: 200,
  pageDefault: 50,
  usersByIdsMax: 100,
  queryMax: 64,
  /** one answer to `sync`, over all rooms */
  syncEntriesMax: 500,
  syncBytes: 256 * 1024,
  /** further behind than this, a room is answered with `reset` */
  syncBehindMax: 1_000,
  /** a room not named in `heads` and longer than this is answered with `reset` */
  syncUnnamedMax: 50,
  /** `unread` and `mentions` stop counting here: it means "more than 99" */
  unreadMax: 100,
  /** a typing signal ends by itself after this */
  typingMs: 6_000,
  /** how often the server sends `heads` */
  headsIntervalMs: 15_000,
} as const;
