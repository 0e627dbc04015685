/**
 * The Socket.IO edge: accepts sockets, subscribes them to their rooms, passes their events on, and pushes what is new.
 *
 * What the events do is handed in by the domains. Connection state recovery stays off: `sync` does its work, with
 * authorisation and across restarts [D3].
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import proxyAddr from "proxy-addr";
import { Server } from "socket.io";
import { ChatError } from "../protocol/errors.js";
import { handshakeSchema } from "../protocol/events.js";
import { LIMITS } from "../protocol/limits.js";
import type { Membership } from "../protocol/shapes.js";
import { createAbuse } from "./abuse.js";
import { createBackpressure } from "./backpressure.js";
import {
  createConnections,
  type ChatServer,
  type ChatSocket,
  type Connection,
  type Connections,
} from "./connections.js";
import { createDispatcher, type Dispatcher } from "./dispatcher.js";
import { serveEvents, toAckError, type EventHandler, type EventHandlers } from "./events.js";
import { createHeads, type Heads } from "./heads.js";
import { releaseHandshake } from "./release-handshake.js";
import { watchTcpSockets } from "./tcp-sockets.js";
import { saveSystemCalls } from "./writes.js";
import { startTimeLimit, type TimeLimit } from "./time-limit.js";

export interface Authenticated {
  userId: string;
  sessionId: string;
  expiresAt: Date;
}

interface GatewayLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface GatewayDeps {
  httpServer: HttpServer;
  trustProxy: number;
  rates: { eventsPerSecond: number; connectionsPerMinute: number };
  log: GatewayLogger;
  isOriginAllowed(request: IncomingMessage): boolean;
  /** @throws ChatError `unauthenticated`, `token_expired`, `unavailable` */
  authenticate(token: string): Promise<Authenticated>;
  /** the rooms that a user is in, by a majority read */
  roomIdsOf(userId: string): Promise<string[]>;
  isAvailable(): boolean;
  /** the server's clock, in milliseconds, by which tokens run out [G5] */
  now(): number;
  /** what a client is told of an error: `internal` for anything that is not meant for it */
  toError(error: unknown): ChatError;
  handlers: Omit<EventHandlers, "session:renew">;
  onRole(roomId: string, userId: string): void;
  /** a push was left out, because its socket does not keep up [D4] */
  onPushSkipped(): void;
  /** a socket was cut off, because it does not read [D4] */
  onSlowSocketEnded(): void;
  onLimited(limit: "events" | "connections"): void;
}

export interface Gateway extends Dispatcher {
  connections: Connections;
  heads: Heads;
  /** Packets pushed since the start. */
  pushes(): number;
  /** To the user's own sockets, unless they have been told meanwhile that the room is gone [L6]. */
  membershipChanged(membership: Membership): void;
  /** Ends the sockets of a session that is no more. */
  endSession(session: { userId: string; sessionId: string }): void;
  /** Refuses new sockets from now on. */
  stopAccepting(): void;
  /** Tells everybody to come back a little later, not all at once, and closes. */
  close(): Promise<void>;
}

/** A socket that has not joined the namespace by then is closed. */
const CONNECT_TIMEOUT_MS = 5_000;
/** The database's answers to one handshake together: by then there is time left to say why it is refused. */
const HANDSHAKE_READS_MS = 3_000;
/** How a packet begins that asks for a namespace. */
const CONNECT = "0";
const CONNECTS_MAX = 5;
const DRAIN_SPREAD_MS = 3_000;
/** A request or a client that hangs holds a stop up no longer than this, each. */
const LAST_WORDS_MS = 2_000;
/** A timer takes no more than this. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** A foreign origin gets a plain 403 over both transports: engine.io would answer an upgrade with 400 [D6]. */
function refuseOrigin(request: IncomingMessage): void {
  if (request.headers.upgrade === undefined) return;
  request.socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

/** There is one namespace, which takes one packet to ask for: whoever goes on asking, for this one or others, is no client. */
function limitConnects(conn: ChatSocket["conn"]): void {
  let connects = 0;
  conn.on("data", (data: unknown) => {
    if (typeof data !== "string" || !data.startsWith(CONNECT)) return;
    connects += 1;
    if (connects > CONNECTS_MAX) conn.close(true);
  });
}

/** Waits for `done`, but not for ever. */
async function soon(done: Promise<unknown>): Promise<void> {
  await Promise.race([done, wait(LAST_WORDS_MS, undefined, { ref: false })]);
}

function toConnectError(error: ChatError): Error {
  return Object.assign(new Error(error.message), { data: toAckError(error) });
}

export function createGateway(deps: GatewayDeps): Gateway {
  const { log, rates, toError } = deps;
  const steadyNow = () => performance.now();
  const io: ChatServer = new Server(deps.httpServer, {
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: LIMITS.packetBytes,
    connectTimeout: CONNECT_TIMEOUT_MS,
    destroyUpgrade: false,
    allowRequest(request, callback) {
      const allowed = deps.isOriginAllowed(request);
      if (!allowed) refuseOrigin(request);
      callback(null, allowed);
    },
  });
  const connections = createConnections({ now: deps.now });
  const heads = createHeads({ connections });
  const abuse = createAbuse({ ...rates, now: steadyNow, onLimited: deps.onLimited });
  const dispatcher = createDispatcher({ io, connections, onDelivered: heads.moved, onRole: deps.onRole });
  const trusts = (_address: string, hop: number) => hop < deps.trustProxy;
  const tcpSockets = watchTcpSockets(deps.httpServer, `${io.path()}/`);
  const backpressure = createBackpressure({
    onSkipped: deps.onPushSkipped,
    onCutOff(waitingBytes) {
      deps.onSlowSocketEnded();
      log.warn({ waitingBytes }, "a socket that does not read was cut off");
    },
  });
  saveSystemCalls(io);
  io.engine.on("connection", limitConnects);
  io.engine.on("connection", backpressure.watch);
  const accepted = new WeakMap<ChatSocket, Connection>();
  const answering = new Set<Promise<void>>();
  let accepting = true;

  const addressOf = (socket: ChatSocket) => proxyAddr(socket.request, trusts);

  const databaseAway = () =>
    new ChatError("unavailable", "The database is away. Try again shortly.", { retryAfterMs: 1_000 });

  async function accept(socket: ChatSocket, reads: TimeLimit): Promise<Connection> {
    if (!accepting)
      throw new ChatError("unavailable", "The server is shutting down.", { retryAfterMs: DRAIN_SPREAD_MS });
    const waitMs = abuse.connect(addressOf(socket));
    if (waitMs > 0) {
      throw new ChatError("rate_limited", "Too many connections from this address.", { retryAfterMs: waitMs });
    }
    if (!deps.isAvailable()) {
      throw databaseAway();
    }
    const auth = handshakeSchema.safeParse(socket.handshake.auth);
    if (!auth.success) throw new ChatError("unauthenticated", "Give an access token as auth.token.");
    const { userId, sessionId, expiresAt } = await reads.wait(deps.authenticate(auth.data.token));
    const connection: Connection = { socket, userId, sessionId, expiresAt, syncedAt: 0, ended: false };
    // A socket that goes while it is being accepted never says "disconnect".
    socket.conn.once("close", () => connections.remove(connection));
    const arriving = connections.announce(userId);
    try {
      const roomIds = await reads.wait(deps.roomIdsOf(userId));
      // It says only once that it goes: whoever went while this was read would stay among the connections for ever.
      if (socket.conn.readyState !== "open") throw new ChatError("unavailable", "The connection is gone.");
      connections.admit(arriving, connection, roomIds);
      // The session may have ended while its rooms were read; from here on its end reaches this socket.
      await reads.wait(deps.authenticate(auth.data.token));
    } catch (error) {
      connections.turnAway(arriving);
      connections.remove(connection);
      throw error;
    }
    return connection;
  }

  io.use((socket, next) => {
    const reads = startTimeLimit(HANDSHAKE_READS_MS, databaseAway);
    const outcome = accept(socket, reads).finally(reads.stop);
    outcome.then(
      (connection) => {
        accepted.set(socket, connection);
        next();
      },
      (caught: unknown) => {
        const error = toError(caught);
        if (error.code === "internal") log.error({ err: caught, socketId: socket.id }, "handshake failed");
        else log.info({ code: error.code, socketId: socket.id }, "socket refused");
        next(toConnectError(error));
      },
    );
  });

  /** Ends the socket when its access token runs out, unless it was renewed meanwhile. */
  function watchExpiry(connection: Connection): () => void {
    let timer: NodeJS.Timeout;
    const check = () => {
      const leftMs = connection.expiresAt.getTime() - deps.now();
      if (leftMs <= 0) connections.end(connection, "token_expired");
      else timer = setTimeout(check, Math.min(leftMs, TIMER_MAX_MS)).unref();
    };
    check();
    return () => clearTimeout(timer);
  }

  const renew: EventHandler<"session:renew"> = async ({ token }, connection) => {
    const { userId, sessionId, expiresAt } = await deps.authenticate(token);
    if (userId !== connection.userId || sessionId !== connection.sessionId) {
      throw new ChatError("forbidden", "The token belongs to another session than this connection.");
    }
    // Timers look at `expiresAt` when they fire, so moving it is all there is to do.
    connection.expiresAt = expiresAt;
    return { expiresAt: expiresAt.toISOString() };
  };
  const handlers: EventHandlers = {
    ...deps.handlers,
    // The one answer that is large [D4].
    sync: (payload, connection) =>
      backpressure.inTurn(connection.socket.conn, () => deps.handlers.sync(payload, connection)),
    "session:renew": renew,
  };

  io.on("connection", (socket) => {
    const connection = accepted.get(socket);
    if (connection === undefined || connection.ended) return void socket.disconnect(true);
    const startedAt = steadyNow();
    const { userId, sessionId } = connection;
    log.info({ socketId: socket.id, userId, sessionId, transport: socket.conn.transport.name }, "socket connected");
    const stopWatching = watchExpiry(connection);
    const limits = abuse.limitsFor(addressOf(socket), (retryAfterMs) => {
      log.warn({ socketId: socket.id, userId }, "socket ended for too many events");
      connections.end(connection, "rate_limited", retryAfterMs);
    });
    serveEvents(connection, limits, {
      handlers,
      toError,
      onFault: (err, event) => log.error({ err, event, socketId: socket.id, userId }, "event failed"),
      onServing(answered) {
        answering.add(answered);
        void answered.finally(() => answering.delete(answered));
      },
    });
    releaseHandshake(socket);
    socket.on("disconnect", (reason) => {
      stopWatching();
      connections.remove(connection);
      // A client that leaves the namespace but keeps the connection would be counted by nobody.
      socket.conn.close();
      log.info({ socketId: socket.id, userId, reason, ms: Math.round(steadyNow() - startedAt) }, "socket closed");
    });
  });

  return {
    ...dispatcher,
    connections,
    heads,
    pushes: backpressure.pushes,
    membershipChanged(membership) {
      for (const connection of connections.ofUser(membership.userId)) {
        if (!connections.isSubscribed(connection, membership.roomId)) continue;
        connection.socket.emit("membership:changed", { membership });
      }
    },
    endSession({ userId, sessionId }) {
      for (const connection of connections.ofUser(userId)) {
        if (connection.sessionId === sessionId) connections.end(connection, "revoked");
      }
    },
    stopAccepting() {
      accepting = false;
    },
    async close() {
      accepting = false;
      // What was just stored is acked before its socket goes [D7].
      await soon(Promise.all(answering));
      const all = [...connections.all()];
      const gone = all.map(({ socket }) => new Promise((resolve) => socket.conn.once("close", resolve)));
      for (const connection of all) {
        connections.end(connection, "draining", Math.round(Math.random() * DRAIN_SPREAD_MS));
      }
      heads.close();
      // `io.close` throws away what still waits to be written.
      await soon(Promise.all(gone));
      const closed = io.close();
      await soon(closed);
      tcpSockets.destroyAll();
      await closed;
    },
  };
}
