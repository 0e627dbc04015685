/** Sessions: begin, renew, end, and whether one still lives. What ends here ends at once; elsewhere within half a minute. */
import { Types, trusted } from "mongoose";
import type { Logger } from "../infra/logger.js";
import { ChatError } from "../protocol/errors.js";
import { ACCESS_TOKEN_MS, type AccessClaims, type RefreshClaims } from "./credentials/tokens.js";
import { announceEnded, watchEnded, type EndedSessionModel } from "./ended-sessions.js";
import type { SessionModel, StoredSession } from "./session-model.js";

/** A session that is not renewed for so long is over. */
export const SESSION_MS = 30 * 24 * 60 * 60 * 1000;
/** How long a session is taken to live after it was last seen in the database. */
const TRUSTED_MS = 30_000;
/** `lastUsedAt` is not written more often than this. */
const TOUCH_MS = 5 * 60_000;
const REMEMBERED_MAX = 10_000;
const USER_AGENT_MAX = 300;

export interface SessionsDeps {
  model: SessionModel;
  ended: EndedSessionModel;
  log: Logger;
  now: () => number;
  /** ends the session's sockets */
  onSessionEnded: (ended: { userId: string; sessionId: string }) => void;
}

export interface Sessions {
  begin: (userId: string, userAgent: string) => Promise<StoredSession>;
  /**
   * Replaces a refresh token by its successor. The token before the current one gets the same successor again; an older one
   * ends the session, for somebody has a copy.
   *
   * @throws ChatError `unauthenticated` when the session is over, or is ended by this
   */
  renew: (presented: RefreshClaims) => Promise<StoredSession>;
  /** @throws ChatError `unauthenticated` when the session is over */
  check: (claims: Pick<AccessClaims, "userId" | "sessionId">) => Promise<void>;
  /** The user's sessions, the one used last first. */
  list: (userId: string) => Promise<StoredSession[]>;
  /** Whether there was one to end. */
  end: (userId: string, sessionId: string) => Promise<boolean>;
  /** Ends the session of a refresh token, whatever its generation. */
  endByToken: (sessionId: string) => Promise<void>;
  endOthers: (userId: string, keptSessionId: string) => Promise<void>;
  /** Ends all sessions of a user, here and, within two seconds, at every server on this database. How many there were. */
  endAll: (userId: string) => Promise<number>;
  /** Hears of sessions that others end with `endAll`, from now until `close`. */
  watch: () => void;
  close: () => Promise<void>;
}

const over = () => new ChatError("unauthenticated", "This session has ended: log in again.");

/** What one server knows of sessions without asking the database. */
function createSessionMemory(now: () => number) {
  const seenAt = new Map<string, number>();
  const endedAt = new Map<string, number>();

  /** Maps keep the order of insertion, so the oldest come first. */
  function forgetOld(map: Map<string, number>, ageMs: number, max: number) {
    for (const [id, at] of map) {
      if (map.size <= max && now() - at < ageMs) return;
      map.delete(id);
    }
  }

  return {
    isFresh: (id: string) => now() - (seenAt.get(id) ?? -Infinity) < TRUSTED_MS,
    /** Ended here: a read that was under way may not bring it back. */
    isEnded: (id: string) => endedAt.has(id),
    see: (id: string) => {
      seenAt.delete(id);
      seenAt.set(id, now());
      forgetOld(seenAt, TRUSTED_MS, REMEMBERED_MAX);
    },
    end: (id: string) => {
      seenAt.delete(id);
      endedAt.set(id, now());
      // By then its last access token has run out.
      forgetOld(endedAt, ACCESS_TOKEN_MS, Infinity);
    },
  };
}

/** The sessions of one server. */
export function createSessions({ model, ended, log, now, onSessionEnded }: SessionsDeps): Sessions {
  const memory = createSessionMemory(now);
  const touches = new Set<Promise<void>>();
  let unwatch: (() => Promise<void>) | null = null;
  const alive = () => trusted({ $gt: new Date(now()) });

  function forget({ _id, userId }: Pick<StoredSession, "_id" | "userId">) {
    memory.end(_id);
    onSessionEnded({ userId, sessionId: _id });
  }

  /** Nobody waits for this, and a failure loses nothing but a moment in a list. */
  function touch(id: string) {
    const touched = model
      .updateOne({ _id: id }, { $set: { lastUsedAt: new Date(now()) } })
      .then(() => undefined)
      .catch((error: unknown) => log.debug({ err: error }, "lastUsedAt not written"))
      .finally(() => touches.delete(touched));
    touches.add(touched);
  }

  return {
    begin: async (userId, userAgent) => {
      const at = new Date(now());
      const session: StoredSession = {
        _id: new Types.ObjectId().toHexString(),
        userId,
        generation: 0,
        userAgent: userAgent.slice(0, USER_AGENT_MAX),
        createdAt: at,
        lastUsedAt: at,
        expiresAt: new Date(now() + SESSION_MS),
      };
      await model.create(session);
      memory.see(session._id);
      return session;
    },

    renew: async ({ sessionId, generation }) => {
      const successor = generation + 1;
      // One step for both: the current token moves the session on, the one before it leaves it where it is.
      const session = await model
        .findOneAndUpdate(
          { _id: sessionId, generation: trusted({ $in: [generation, successor] }), expiresAt: alive() },
          {
            $set: { generation: successor, lastUsedAt: new Date(now()), expiresAt: new Date(now() + SESSION_MS) },
          },
          { returnDocument: "after" },
        )
        .lean();
      if (session !== null) return session;
      const reused = await model.findOneAndDelete({ _id: sessionId, expiresAt: alive() }).lean();
      if (reused !== null) {
        log.warn({ userId: reused.userId, sessionId }, "refresh token used again, session ended");
        forget(reused);
      }
      throw over();
    },

    check: async ({ userId, sessionId }) => {
      if (memory.isEnded(sessionId)) throw over();
      if (memory.isFresh(sessionId)) return;
      const session = await model.findOne({ _id: sessionId, userId, expiresAt: alive() }).lean();
      if (session === null || memory.isEnded(sessionId)) throw over();
      memory.see(sessionId);
      if (now() - session.lastUsedAt.getTime() > TOUCH_MS) touch(sessionId);
    },

    list: (userId) => model.find({ userId, expiresAt: alive() }).sort({ lastUsedAt: -1 }).lean(),

    end: async (userId, sessionId) => {
      const ended = await model.findOneAndDelete({ _id: sessionId, userId }).lean();
      if (ended === null) return false;
      forget(ended);
      return true;
    },

    endByToken: async (sessionId) => {
      const ended = await model.findOneAndDelete({ _id: sessionId }).lean();
      if (ended !== null) forget(ended);
    },

    endOthers: async (userId, keptSessionId) => {
      const others = await model.find({ userId, _id: trusted({ $ne: keptSessionId }) }).lean();
      await model.deleteMany({ userId, _id: trusted({ $in: others.map(({ _id }) => _id) }) });
      others.forEach(forget);
    },

    endAll: async (userId) => {
      const all = await model.find({ userId }).lean();
      await announceEnded(ended, all);
      await model.deleteMany({ userId, _id: trusted({ $in: all.map(({ _id }) => _id) }) });
      all.forEach(forget);
      return all.length;
    },

    watch: () => {
      unwatch ??= watchEnded(ended, now, (session) => {
        if (!memory.isEnded(session._id)) forget(session);
      });
    },

    close: async () => {
      await unwatch?.();
      await Promise.all(touches);
    },
  };
}
