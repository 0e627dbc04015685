/** Two servers' logs on one database, as the product wires them, with faults in between. */
import { createSecretKey, randomUUID } from "node:crypto";
import mongoose, { type Connection } from "mongoose";
import type { Handlers } from "../../src/http/route.js";
import { createContentHash } from "../../src/log/content-hash.js";
import { createEntryModel, type EntryModel } from "../../src/log/entry-model.js";
import { createLog, LOG_PARTS, type Delivery, type Log, type LogParts } from "../../src/log/log.js";
import { createMessageActions } from "../../src/messages/actions.js";
import { createMessageGateway } from "../../src/messages/gateway.js";
import { createHistory } from "../../src/messages/history.js";
import { createMessageHandlers } from "../../src/messages/routes.js";
import { judgeMessage } from "../../src/messages/rules.js";
import type { Entry } from "../../src/protocol/entries.js";
import { createRoomStore, type RoomStore } from "../../src/rooms/store/room-store.js";
import { createRooms } from "../../src/rooms/rooms.js";
import { createRoomRules } from "../../src/rooms/rules.js";
import { createFaults, type Faults, type Tally } from "./faults.js";

export interface Writer {
  log: Log;
  faults: Faults;
  /** every entry handed to the dispatcher, by room, in the order of handing */
  delivered: Map<string, Entry[]>;
  /** a message over REST or over the socket, through the very handlers of the product */
  send(transport: "rest" | "socket", userId: string, roomId: string, clientId: string, text: string): Promise<Entry>;
  join(userId: string, roomId: string): Promise<void>;
  remove(actorId: string, roomId: string, userId: string): Promise<void>;
  createRoom(userId: string): Promise<string>;
  close(): void;
}

const KEY = createSecretKey(Buffer.alloc(32, 7));

/** One server's way into the database: the models of a connection are made once. */
export interface TestDatabase {
  connection: Connection;
  entries: EntryModel;
  rooms: RoomStore;
}

export async function openTestDatabase(uri: string): Promise<TestDatabase> {
  const connection = mongoose.createConnection(uri, {
    readConcern: { level: "majority" },
    writeConcern: { w: "majority", journal: true },
    autoIndex: false,
    autoCreate: false,
    sanitizeFilter: true,
  });
  await connection.asPromise();
  return { connection, entries: createEntryModel(connection), rooms: createRoomStore(connection) };
}

/** Makes the collections and indexes that the log needs. */
export async function makeIndexes({ entries, rooms }: TestDatabase): Promise<void> {
  for (const model of [entries, ...rooms.models]) {
    await model.createCollection();
    await model.createIndexes();
  }
}

/** What a handler reads of a call; requests and answers of Express play no part here. */
type CallOf<N extends keyof Handlers> = Parameters<Handlers[N]>[0];
const callOf = <N extends keyof Handlers>(call: Partial<CallOf<N>>): CallOf<N> => call as CallOf<N>;

export function createWriter(database: TestDatabase, tally: Tally, parts: Partial<LogParts> = {}): Writer {
  const { connection, entries, rooms: store } = database;
  const faults = createFaults(tally);
  const used: LogParts = { ...LOG_PARTS, ...parts };
  const delivered = new Map<string, Entry[]>();
  const log = createLog(
    {
      connection,
      model: entries,
      rooms: store.source,
      rules: { judgeMessage, judgeChange: createRoomRules(store).judgeChange },
      contentKey: KEY,
      now: Date.now,
      deliver(delivery: Delivery) {
        delivered.set(delivery.roomId, [...(delivered.get(delivery.roomId) ?? []), ...delivery.entries]);
      },
    },
    {
      ...used,
      createStore: (model) => faults.wrapStore(used.createStore(model)),
      createChangeWriter: (deps) => faults.wrapChanges(used.createChangeWriter(deps)),
    },
  );
  const rooms = createRooms({
    store,
    log,
    users: { byIds: () => Promise.resolve([]), exists: () => Promise.resolve(true) },
    presence: { of: () => [] },
    contentHash: createContentHash(KEY),
    now: Date.now,
    newId: () => new mongoose.mongo.ObjectId().toHexString(),
    pushMembershipChanged: () => undefined,
  });
  const actions = createMessageActions({ log, takeSend: () => 0 });
  const rest = createMessageHandlers({ actions, history: createHistory({ log, access: rooms.access }) });
  const noGateway = () => {
    throw new Error("Sending needs no gateway.");
  };
  const socket = createMessageGateway({ actions, sync: noGateway, gateway: noGateway });
  const caller = (userId: string) => ({ userId, sessionId: "session" });

  return {
    log,
    faults,
    delivered,
    async send(transport, userId, roomId, clientId, text) {
      if (transport === "socket") {
        const connectionOf = { ...caller(userId) } as Parameters<(typeof socket)["message:send"]>[1];
        return await socket["message:send"]({ roomId, clientId, text }, connectionOf);
      }
      const call = callOf<"sendMessage">({ caller: caller(userId), params: { roomId }, clientId, body: { text } });
      return (await rest.sendMessage(call)).body;
    },
    async join(userId, roomId) {
      await log.append({ roomId, senderId: userId, clientId: randomUUID(), intent: { kind: "join" } });
    },
    async remove(actorId, roomId, userId) {
      await log.append({ roomId, senderId: actorId, clientId: randomUUID(), intent: { kind: "remove", userId } });
    },
    async createRoom(userId) {
      const body = { name: randomUUID(), kind: "public" as const };
      const { createRoom } = rooms.handlers;
      return (await createRoom(callOf<"createRoom">({ caller: caller(userId), body, clientId: null }))).body.room.id;
    },
    close: () => log.close(),
  };
}
