/** A bare Socket.IO client that keeps all it is sent. Every ack and push is held against the contract. */
import { randomUUID } from "node:crypto";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import type { Entry } from "../../src/protocol/entries.js";
import type {
  Ack,
  AckData,
  AckError,
  ClientEvent,
  PayloadInput,
  PushData,
  ServerEvent,
} from "../../src/protocol/events.js";
import { checkAck, checkPush } from "./contract.js";

export type Push = { [E in ServerEvent]: { event: E; data: PushData<E> } }[ServerEvent];
export type ConnectOptions = Partial<ManagerOptions & SocketOptions>;

export interface TestSocket {
  raw: Socket;
  /** all pushes, in order of arrival */
  pushes: Push[];
  /** why the server ended it; null while it is connected */
  disconnected(): string | null;
  /** The data of the ack; throws when it is an error. */
  emit<E extends ClientEvent>(event: E, payload: PayloadInput<E>): Promise<AckData<E>>;
  /** The error of the ack; throws when there is none. */
  refusal(event: string, ...args: unknown[]): Promise<AckError>;
  /** Any event with any arguments. */
  emitRaw(event: string, ...args: unknown[]): Promise<Ack<unknown>>;
  send(roomId: string, text: string, clientId?: string): Promise<Entry>;
  /** Pushes of one kind. */
  of<E extends ServerEvent>(event: E): PushData<E>[];
  /** The entries of a room that were pushed, in order of arrival. */
  entries(roomId: string): Entry[];
  /** Resolves with what `find` finds, once it finds something; looked for at each push and at the end of the connection. */
  waitFor<T>(find: () => T | null | undefined | false, deadlineMs?: number): Promise<T>;
  /** Resolves once all that the server had sent so far is here. */
  settled(): Promise<void>;
  close(): void;
}

/** What a refused handshake was answered with. */
export class Refused extends Error {
  readonly data: AckError;
  constructor(message: string, data: AckError) {
    super(message);
    this.data = data;
  }
}

const DEADLINE_MS = 10_000;
const open = new Set<Socket>();
const violations: unknown[] = [];

afterEach(() => {
  expect(violations.splice(0)).toEqual([]);
});
afterAll(async () => {
  await Promise.all([...open].map(disconnect));
});

/** Disconnects and waits until nothing is under way any more: a server that stops meanwhile would wait for the rest. */
async function disconnect(socket: Socket): Promise<void> {
  const { engine } = socket.io;
  const closed = new Promise<unknown>((resolve) => engine.once("close", resolve));
  const isClosed = engine.readyState === "closed";
  socket.disconnect();
  open.delete(socket);
  if (!isClosed) await closed;
}

/** Connects and waits until the server lets it in. @throws Refused */
export async function connectSocket(url: string, token: unknown, options: ConnectOptions = {}): Promise<TestSocket> {
  const raw = io(url, { auth: { token }, transports: ["websocket"], reconnection: false, forceNew: true, ...options });
  open.add(raw);
  const pushes: Push[] = [];
  const looking = new Set<() => void>();
  let reason: string | null = null;
  const look = () => {
    for (const again of looking) again();
  };
  raw.onAny((event: string, data: unknown) => {
    try {
      checkPush(event, data);
    } catch (error) {
      violations.push(error);
    }
    pushes.push({ event, data } as Push);
    look();
  });
  raw.on("disconnect", (why) => {
    reason = why;
    open.delete(raw);
    look();
  });
  await new Promise<void>((resolve, reject) => {
    raw.on("connect", resolve);
    raw.on("connect_error", (error: Error & { data?: AckError }) => {
      const refusal = error.data === undefined ? error : new Refused(error.message, error.data);
      void disconnect(raw).then(() => reject(refusal), reject);
    });
  });

  async function emitRaw(event: string, ...args: unknown[]): Promise<Ack<unknown>> {
    const ack = (await raw.timeout(DEADLINE_MS).emitWithAck(event, ...args)) as Ack<unknown>;
    checkAck(event, ack);
    return ack;
  }

  async function emit<E extends ClientEvent>(event: E, payload: PayloadInput<E>): Promise<AckData<E>> {
    const ack = await emitRaw(event, payload);
    if (!ack.ok) throw new Error(`${event} was refused: ${ack.error.code} ${ack.error.detail}`);
    return ack.data as AckData<E>;
  }

  const of = <E extends ServerEvent>(wanted: E): PushData<E>[] =>
    pushes.flatMap(({ event, data }) => (event === wanted ? [data as PushData<E>] : []));

  return {
    raw,
    pushes,
    disconnected: () => reason,
    emit,
    emitRaw,
    async refusal(event, ...args) {
      const ack = await emitRaw(event, ...args);
      if (ack.ok) throw new Error(`${event} was not refused.`);
      return ack.error;
    },
    send: (roomId, text, clientId = randomUUID()) => emit("message:send", { roomId, clientId, text }),
    of,
    entries: (roomId) => of("entries").flatMap((push) => (push.roomId === roomId ? push.entries : [])),
    async waitFor<T>(find: () => T | null | undefined | false, deadlineMs = DEADLINE_MS): Promise<T> {
      return await new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => {
          looking.delete(again);
          reject(new Error(`Waited in vain for ${find.toString()} after ${JSON.stringify(pushes.slice(-5))}`));
        }, deadlineMs);
        const again = () => {
          const found = find();
          if (found === null || found === undefined || found === false) return;
          clearTimeout(timer);
          looking.delete(again);
          resolve(found);
        };
        looking.add(again);
        again();
      });
    },
    async settled() {
      // Whatever was sent before an answer arrives before it.
      await emit("sync", { heads: {} });
    },
    close() {
      raw.disconnect();
      open.delete(raw);
    },
  };
}

/** The error that a handshake is refused with. */
export async function handshakeError(url: string, token: unknown, options?: ConnectOptions): Promise<AckError> {
  try {
    await connectSocket(url, token, options);
  } catch (error) {
    if (error instanceof Refused) return error.data;
    throw error;
  }
  throw new Error("The handshake was not refused.");
}
