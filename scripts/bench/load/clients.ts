/**
 * The clients of a bench: Socket.IO over a raw WebSocket, with an adapter for what each server calls its events.
 *
 * Deliveries are found by the marker `~S<index>~` in every text, without reading JSON: receiving costs the same whatever the
 * server sends around the text.
 */
import { openRawWebSocket, type RawWebSocket } from "./raw-websocket.js";

/** What an ack carried: `bytes` from `start` to `end`, valid only during the call. */
export type OnAck = (at: number, bytes: Buffer, start: number, end: number) => void;

export interface LoadClient {
  readonly id: number;
  readonly room: string;
  /** deliveries so far, and a hash of their order */
  got: number;
  hash: number;
  connect(): Promise<void>;
  enter(room: string): Promise<void>;
  send(index: number, onAck: OnAck): void;
  /** Asks for what followed `mark` (see `markOf`); resolves once it has arrived. */
  catchUp(room: string, mark: unknown): Promise<void>;
  bytesIn(): number;
  close(): void;
}

export interface ClientOptions {
  port: number;
  /** one a user; sockets take them in turn */
  tokens: readonly string[];
  /** eight hexadecimal digits, different in each run */
  run: string;
  onDelivery(client: LoadClient, index: number, at: number): void;
  onClose(client: LoadClient): void;
}

const MARKER = Buffer.from("~S");
const TEXT_LENGTH = 100;
const ZERO = 48;
const [OPEN, PING, MESSAGE] = [ZERO, ZERO + 2, ZERO + 4];
const [CONNECTED, EVENT, ACK, REFUSED] = [ZERO, ZERO + 2, ZERO + 3, ZERO + 4];

const textOf = (index: number) => {
  const marker = `~S${index}~`;
  return marker + "x".repeat(TEXT_LENGTH - marker.length);
};

/** The number that starts at `position`, and where it ends. */
function numberAt(bytes: Buffer, position: number): { value: number; end: number } {
  let value = 0;
  let end = position;
  for (let digit = (bytes[end] ?? 0) - ZERO; digit >= 0 && digit <= 9; digit = (bytes[end] ?? 0) - ZERO) {
    value = value * 10 + digit;
    end += 1;
  }
  return { value, end };
}

interface Adapter {
  /** undefined: nothing to ask for, since one is in one's rooms at once */
  enter: ((room: string) => [event: string, payload: object]) | undefined;
  send(room: string, index: number, run: string): string;
  catchUp(room: string, mark: unknown): [event: string, payload: object];
}

const byTutorial: Adapter = {
  enter: (room) => ["join", { room }],
  send: (room, index, run) =>
    `["message",{"room":"${room}","text":"${textOf(index)}","clientId":"${run}-${index.toString(16)}"}]`,
  catchUp: (room, after) => ["join", { room, after }],
};

const byParlance: Adapter = {
  enter: undefined,
  send: (roomId, index, run) =>
    `["message:send",{"roomId":"${roomId}","text":"${textOf(index)}","clientId":"${run}-0000-4000-8000-${index
      .toString(16)
      .padStart(12, "0")}"}]`,
  catchUp: (roomId, head) => ["sync", { heads: { [roomId]: head } }],
};

const ADAPTERS = { parlance: byParlance, tutorial: byTutorial, bare: byTutorial };
export type Protocol = keyof typeof ADAPTERS;

/** What to catch up from, out of the ack of the last message seen. */
export function markOf(bytes: Buffer, start: number, end: number): unknown {
  const [answer] = JSON.parse(bytes.toString("utf8", start, end)) as [{ createdAt?: string; data?: { seq: number } }];
  return answer.data?.seq ?? answer.createdAt ?? null;
}

export function createClient(protocol: Protocol, id: number, options: ClientOptions): LoadClient {
  const adapter = ADAPTERS[protocol];
  const acks = new Map<number, OnAck>();
  let socket: RawWebSocket | null = null;
  let nextAck = 1;
  let room = "";

  const token = options.tokens[id % options.tokens.length];
  const write = (text: string) => socket?.send(text);

  function call(body: string, onAck: OnAck): void {
    acks.set(nextAck, onAck);
    write(`42${nextAck}${body}`);
    nextAck += 1;
  }

  function scan(bytes: Buffer, start: number, end: number, at: number): void {
    for (let found = bytes.indexOf(MARKER, start); found >= 0 && found < end; found = bytes.indexOf(MARKER, found)) {
      const { value, end: after } = numberAt(bytes, found + MARKER.length);
      client.got += 1;
      client.hash = (Math.imul(client.hash, 31) + value) | 0;
      options.onDelivery(client, value, at);
      found = after;
    }
  }

  function acked(bytes: Buffer, start: number, end: number, at: number): void {
    const { value, end: after } = numberAt(bytes, start);
    const onAck = acks.get(value);
    acks.delete(value);
    onAck?.(at, bytes, after, end);
  }

  function received(
    bytes: Buffer,
    start: number,
    end: number,
    at: number,
    onConnected: () => void,
    onRefused: (error: Error) => void,
  ): void {
    const kind = bytes[start];
    if (kind === EVENT) scan(bytes, start + 1, end, at);
    else if (kind === ACK) acked(bytes, start + 1, end, at);
    else if (kind === CONNECTED) onConnected();
    else if (kind === REFUSED) onRefused(new Error(bytes.toString("utf8", start, end)));
  }

  const client: LoadClient = {
    id,
    get room() {
      return room;
    },
    got: 0,
    hash: 0,
    connect: () =>
      new Promise((resolve, reject) => {
        socket = openRawWebSocket(options.port, "/socket.io/?EIO=4&transport=websocket", {
          onMessage(bytes, start, end, at) {
            // The first digit is engine.io's kind of packet; with its messages the second is Socket.IO's.
            const kind = bytes[start];
            if (kind === MESSAGE) received(bytes, start + 1, end, at, resolve, reject);
            else if (kind === PING) write("3");
            else if (kind === OPEN) write(`40${token === undefined ? "" : JSON.stringify({ token })}`);
          },
          onClose(error) {
            reject(error ?? new Error("The connection was closed."));
            options.onClose(client);
          },
        });
      }),
    enter(wanted) {
      room = wanted;
      const question = adapter.enter?.(wanted);
      if (question === undefined) return Promise.resolve();
      return new Promise((resolve) => call(JSON.stringify(question), () => resolve()));
    },
    send: (index, onAck) => call(adapter.send(room, index, options.run), onAck),
    catchUp(wanted, mark) {
      room = wanted;
      return new Promise((resolve) =>
        call(JSON.stringify(adapter.catchUp(wanted, mark)), (at, bytes, start, end) => {
          scan(bytes, start, end, at);
          resolve();
        }),
      );
    },
    bytesIn: () => socket?.bytesIn() ?? 0,
    close: () => socket?.close(),
  };
  return client;
}
