/** Rooms on a real MongoDB without HTTP or sockets: the log, the rules and the REST handlers, called directly. */
import { createSecretKey, randomBytes, randomUUID } from "node:crypto";
import type { Request, Response } from "express";
import { Types } from "mongoose";
import { pino } from "pino";
import type { Call, Handler } from "../../src/http/route.js";
import { watchConnection } from "../../src/infra/database/connection.js";
import { ensureIndexes } from "../../src/infra/database/indexes.js";
import { createContentHash } from "../../src/log/content-hash.js";
import { createEntryModel } from "../../src/log/entry-model.js";
import { createEntryStore } from "../../src/log/entry-store.js";
import { createLog, type Delivery, type Log } from "../../src/log/log.js";
import { judgeMessage } from "../../src/messages/rules.js";
import type { EndpointName } from "../../src/protocol/endpoints/index.js";
import type { Entry } from "../../src/protocol/entries.js";
import { ChatError, type ErrorCode } from "../../src/protocol/errors.js";
import type { Membership, MemberRole, RoomKind, User } from "../../src/protocol/shapes.js";
import { foldCase } from "../../src/protocol/text.js";
import { newMember } from "../../src/rooms/store/apply-entries.js";
import { createRoomStore, type RoomStore } from "../../src/rooms/store/room-store.js";
import { createRooms, type Rooms } from "../../src/rooms/rooms.js";
import type { RoomHandlers } from "../../src/rooms/routes.js";
import { createRoomRules } from "../../src/rooms/rules.js";

export interface RoomServer {
  rooms: Rooms;
  log: Log;
  store: RoomStore;
  deliveries: Delivery[];
  membershipPushes: Membership[];
  /** Calls a REST handler as `userId`; without a clientId the server makes one. */
  call<N extends RoomCall>(name: N, userId: string, input?: CallInput): Promise<Answer>;
  /** The code that a call is refused with; "ok" when it is not. */
  outcome<N extends RoomCall>(name: N, userId: string, input?: CallInput): Promise<ErrorCode | "ok">;
  /** The whole log of a room as the database has it, whatever this server remembers. */
  entries(roomId: string): Promise<Entry[]>;
  say(roomId: string, userId: string, text: string): Promise<Entry>;
}

export type RoomCall = keyof RoomHandlers & EndpointName;

export interface CallInput {
  room?: string;
  user?: string;
  body?: object;
  query?: object;
  clientId?: string;
}

/** An answer of any call, as a test reads it. */
export interface Answer {
  status: number;
  body: Record<string, unknown> | undefined;
}

export interface RoomWorld {
  /** one server, or several on the same database */
  servers: RoomServer[];
  users: Map<string, User>;
  addUser(name: string): string;
  /** Makes a room whose members have these roles, in this order; the creator is the first. */
  makeRoom(options: {
    kind: RoomKind;
    roles: readonly (readonly [userId: string, role: MemberRole])[];
    name?: string;
  }): Promise<string>;
  close(): Promise<void>;
}

const bare = { request: {} as Request, response: {} as Response };

/** @param uri an empty database */
export async function startRoomWorld(uri: string, { servers: count = 1 } = {}): Promise<RoomWorld> {
  const watched = watchConnection(uri, pino({ level: "silent" }));
  await watched.ready;
  const { connection } = watched;
  const store = createRoomStore(connection);
  const model = createEntryModel(connection);
  await ensureIndexes([...store.models, model], new AbortController().signal);
  const entryStore = createEntryStore(model);
  const contentKey = createSecretKey(randomBytes(32));
  const users = new Map<string, User>();

  function startServer(): RoomServer {
    const deliveries: Delivery[] = [];
    const membershipPushes: Membership[] = [];
    const rules = { judgeMessage, ...createRoomRules(store) };
    const log = createLog({
      connection,
      model,
      rooms: store.source,
      rules,
      contentKey,
      now: Date.now,
      deliver: (delivery) => deliveries.push(delivery),
    });
    const rooms = createRooms({
      store,
      log,
      users: {
        byIds: async (ids) => ids.flatMap((id) => users.get(id) ?? []),
        exists: async (id) => users.has(id),
      },
      presence: { of: (ids) => ids.map((userId) => ({ userId, status: "offline", lastSeenAt: null })) },
      contentHash: createContentHash(contentKey),
      now: Date.now,
      newId: () => new Types.ObjectId().toHexString(),
      pushMembershipChanged: (membership) => membershipPushes.push(membership),
    });

    async function call<N extends RoomCall>(name: N, userId: string, input: CallInput = {}): Promise<Answer> {
      const { room = "", user = "", body, query = { limit: 50 }, clientId = null } = input;
      const handler = rooms.handlers[name] as unknown as Handler<N>;
      const parsed = { caller: { userId, sessionId: "s" }, params: { roomId: room, userId: user }, query, body };
      return (await handler({ ...parsed, clientId, ...bare } as unknown as Call<N>)) as Answer;
    }

    return {
      rooms,
      log,
      store,
      deliveries,
      membershipPushes,
      call,
      outcome: (name, userId, input) =>
        call(name, userId, input).then(
          () => "ok" as const,
          (error: unknown) => {
            if (error instanceof ChatError) return error.code;
            throw error;
          },
        ),
      entries: async (roomId) => (await entryStore.range(roomId, { after: 0, limit: 1_000 })).map(({ entry }) => entry),
      async say(roomId, userId, text) {
        const intent = { kind: "message" as const, text, replyTo: null, fileIds: [] };
        const { entry } = await log.append({ roomId, senderId: userId, clientId: randomUUID(), intent });
        if (entry === null) throw new Error("A message was not appended.");
        return entry;
      },
    };
  }

  const servers = Array.from({ length: count }, startServer);

  return {
    servers,
    users,
    addUser(name) {
      const id = new Types.ObjectId().toHexString();
      const createdAt = new Date().toISOString();
      users.set(id, { id, username: name, displayName: name, avatarUrl: null, bot: false, createdAt });
      return id;
    },
    async makeRoom({ kind, roles, name = `room ${randomUUID()}` }) {
      const [first, ...others] = roles.map(([userId]) => userId);
      if (first === undefined) throw new Error("A room needs a first member.");
      const id = new Types.ObjectId().toHexString();
      const createdAt = new Date();
      const fields = { kind, name: kind === "direct" ? null : name, topic: "", createdBy: first, archivedAt: null };
      const memberCount = roles.length;
      const clientId = randomUUID();
      await servers[0]?.log.found({
        record: { ...fields, id, createdAt: createdAt.toISOString(), memberCount },
        senderId: first,
        clientId,
        memberIds: [first, ...others],
        async write(session, joins) {
          const [roomModel, membershipModel] = store.models;
          const made = {
            createClientId: clientId,
            createHash: "-",
            createdAt,
            nameKey: fields.name === null ? null : foldCase(fields.name),
            memberCount,
          };
          await roomModel.create([{ ...fields, ...made, _id: id }], { session });
          const members = roles.map(([userId, role], index) => ({ ...newMember(joins[index] as Entry, userId), role }));
          await membershipModel.insertMany(members, { session });
        },
        refusal: () => null,
      });
      return id;
    },
    async close() {
      for (const { log } of servers) log.close();
      await watched.close();
    },
  };
}
