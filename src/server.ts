/** Wires the parts together. This is the only place that knows them all, and it decides nothing else. */
import type { AddressInfo } from "node:net";
import { mongo } from "mongoose";
import { createAccounts } from "./accounts/accounts.js";
import { deriveKeys, loadSecret } from "./accounts/credentials/secret.js";
import { createErrorTranslation } from "./gateway/errors.js";
import { createGateway, type Gateway } from "./gateway/gateway.js";
import { createTokenBucket } from "./gateway/token-bucket.js";
import { createApp } from "./http/app.js";
import { createHttpServer } from "./http/http-server.js";
import { createOriginCheck } from "./http/origin.js";
import type { Config } from "./infra/config.js";
import { isTransientDatabaseError, openDatabase } from "./infra/database/index.js";
import type { Logger } from "./infra/logger.js";
import { createMetrics } from "./infra/metrics.js";
import { createContentHash } from "./log/content-hash.js";
import { createEntryModel } from "./log/entry-model.js";
import { readHistoryId } from "./log/history-id.js";
import { createLog, type LogParts } from "./log/log.js";
import { createMessageActions } from "./messages/actions.js";
import { createMessageGateway } from "./messages/gateway.js";
import { createHistory } from "./messages/history.js";
import { createMessageHandlers } from "./messages/routes.js";
import { judgeMessage } from "./messages/rules.js";
import { createSync } from "./messages/sync.js";
import { createPresence } from "./presence/presence.js";
import { createMembershipPushes } from "./rooms/membership-pushes.js";
import { createRoomStore } from "./rooms/store/room-store.js";
import { createRoomRules } from "./rooms/rules.js";
import { createRooms } from "./rooms/rooms.js";
import { createServerInfo, VERSION } from "./server-info.js";

export interface StartOptions {
  config: Config;
  log: Logger;
  /** the built web client; null: there is none */
  webClientDir: string | null;
  /** parts of the log to use instead of the product's, for tests that see a broken one caught */
  logParts?: LogParts;
}

export interface ParlanceServer {
  /** where it listens */
  url: string;
  /** resolves once the database is there and checked and calls are served; rejects when that cannot be without a person */
  ready: Promise<void>;
  /** Resolves when it may not serve on, for a person has to mend something first: close it then. */
  failed: Promise<Error>;
  /** Stops taking requests, finishes what is queued, tells the clients, closes. */
  close(): Promise<void>;
}

/** How long what is queued may take to be stored when the server stops [D7]. */
const DRAIN_MS = 10_000;
const newId = () => new mongo.ObjectId().toHexString();
const IDLE_CLOSE_EVERY_MS = 50;

/**
 * Starts a server: it listens at once, and serves as soon as the database is there.
 *
 * @throws an error of Node's `listen` when the address cannot be had
 */
export async function startServer({ config, log, webClientDir, logParts }: StartOptions): Promise<ParlanceServer> {
  const keys = deriveKeys(await loadSecret(config));
  const metrics = createMetrics({ version: VERSION });
  const database = await openDatabase({ config, log });
  const { connection } = database;
  const now = () => Date.now() + database.clock.offsetMs();
  let serving = false;
  let draining = false;
  let historyId: string | null = null;
  const isAvailable = () => serving && database.isAvailable();

  // Made last, because it serves all the others; they reach it only when something happens.
  let gateway: Gateway | null = null;
  const edge = (): Gateway => {
    if (gateway === null) throw new Error("The gateway is used before it is made.");
    return gateway;
  };

  const accounts = createAccounts({
    connection,
    config,
    log,
    keys,
    now,
    onSessionEnded: (session) => edge().endSession(session),
    onUserChanged: (user) =>
      void rooms.membershipsOf(user.id).then(
        (memberships) =>
          edge().userChanged(
            user,
            memberships.map(({ roomId }) => roomId),
          ),
        (err: unknown) => log.error({ err, userId: user.id }, "user:changed was not pushed"),
      ),
  });
  const roomStore = createRoomStore(connection);
  const entryModel = createEntryModel(connection);
  const { judgeChange } = createRoomRules(roomStore);
  const entryLog = createLog(
    {
      connection,
      model: entryModel,
      rooms: roomStore.source,
      rules: { judgeMessage, judgeChange },
      contentKey: keys.contentHash,
      now,
      deliver(delivery) {
        metrics.countEntries(delivery.entries);
        edge().deliver(delivery);
      },
      onCommit({ items, ms }) {
        metrics.commitSize.observe(items);
        metrics.commitSeconds.observe(ms / 1_000);
      },
      onDuplicateKey: () => metrics.duplicateKeys.inc(),
      onUnknown(err) {
        metrics.commitsUnknown.inc();
        log.warn({ err }, "a write was not answered; its rooms are read and written again");
      },
    },
    ...(logParts ? ([logParts] as const) : []),
  );
  const presence = createPresence({ connections: () => edge().connections });
  const membershipChanged = createMembershipPushes({
    membershipOf: (roomId, userId) => rooms.membershipOf(roomId, userId),
    push: (membership) => edge().membershipChanged(membership),
    onFault: (err, where) => log.error({ err, ...where }, "membership:changed was not pushed"),
  });
  const rooms = createRooms({
    store: roomStore,
    log: entryLog,
    users: accounts.users,
    presence,
    contentHash: createContentHash(keys.contentHash),
    now,
    newId,
    // Nothing in it rejects: it tells its faults itself.
    pushMembershipChanged: ({ userId, roomId }) => void membershipChanged(userId, roomId),
  });
  const sends = createTokenBucket(config.rates.messagesPerSecond, config.rates.messagesBurst, () => performance.now());
  const actions = createMessageActions({
    log: entryLog,
    takeSend(userId) {
      const waitMs = sends.take(userId);
      if (waitMs > 0) metrics.rateLimited.inc({ limit: "messages" });
      return waitMs;
    },
  });
  const history = createHistory({ log: entryLog, access: rooms.access });
  const sync = createSync({
    log: entryLog,
    historyId() {
      if (historyId === null) throw new Error("A client syncs before the server serves.");
      return historyId;
    },
    membershipsOf: rooms.membershipsOf,
  });

  const app = createApp({
    config,
    log,
    metrics,
    handlers: {
      ...accounts.handlers,
      ...rooms.handlers,
      ...createMessageHandlers({ actions, history }),
      ...createServerInfo({ config, historyId: () => historyId, now }),
    },
    authenticate: accounts.authenticate,
    cookieSession: accounts.cookieSession,
    isAvailable,
    readiness() {
      if (draining) return { ready: false, reason: "The server is shutting down." };
      if (!isAvailable()) return { ready: false, reason: "The database is away." };
      if (database.clock.skewed())
        return { ready: false, reason: "The clock differs from the database's by over 30 s." };
      return { ready: true, reason: "" };
    },
    isDatabaseError: isTransientDatabaseError,
    webClientDir,
  });
  const httpServer = createHttpServer(app);
  const messageGateway = createMessageGateway({ actions, sync, gateway: edge });
  gateway = createGateway({
    httpServer,
    trustProxy: config.trustProxy,
    rates: config.rates,
    log,
    isOriginAllowed: createOriginCheck(config),
    authenticate: accounts.authenticate,
    roomIdsOf: async (userId) => (await rooms.membershipsOf(userId)).map(({ roomId }) => roomId),
    isAvailable,
    now,
    toError: createErrorTranslation(isTransientDatabaseError),
    handlers: {
      ...messageGateway,
      async sync(payload, caller) {
        const answer = await messageGateway.sync(payload, caller);
        metrics.countSync(answer);
        return answer;
      },
    },
    // As above.
    onRole: (roomId, userId) => void membershipChanged(userId, roomId),
    onPushSkipped: () => metrics.pushesSkipped.inc(),
    onSlowSocketEnded: () => metrics.slowSocketsEnded.inc(),
    onLimited: (limit) => metrics.rateLimited.inc({ limit }),
  });
  metrics.read({
    sockets: gateway.connections.size,
    queueItems: entryLog.queueSize,
    isDatabaseAvailable: database.isAvailable,
    clockOffsetMs: database.clock.offsetMs,
    pushes: gateway.pushes,
  });

  async function prepare(): Promise<void> {
    await database.ready;
    await database.occupy(url);
    await database.ensureIndexes([...accounts.models, ...Object.values(roomStore.models), entryModel]);
    historyId = await readHistoryId(connection);
    accounts.watchEndedSessions();
    serving = true;
    await database.announce(url);
  }

  try {
    await new Promise<void>((resolve, reject) => {
      httpServer.once("error", reject);
      httpServer.listen(config.port, config.host, resolve);
    });
  } catch (error) {
    await closeParts();
    throw error;
  }
  const { port } = httpServer.address() as AddressInfo;
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  const url = `http://${host}:${port}`;
  const ready = prepare();
  const failed = database.lost.then((error) => {
    serving = false;
    return error;
  });
  // Whoever started the server hears of it through `ready`; until somebody listens, it is no unhandled rejection.
  ready.catch(() => undefined);

  async function closeParts(): Promise<void> {
    await edge().close();
    entryLog.close();
    await accounts.close();
    await database.close();
    metrics.close();
  }

  async function close(): Promise<void> {
    if (draining) return;
    draining = true;
    edge().stopAccepting();
    await entryLog.drain(DRAIN_MS);
    // A kept-alive connection would hold the server open for seconds.
    const idle = setInterval(() => httpServer.closeIdleConnections(), IDLE_CLOSE_EVERY_MS);
    try {
      await closeParts();
    } finally {
      clearInterval(idle);
    }
  }

  return { url, ready, failed, close };
}
