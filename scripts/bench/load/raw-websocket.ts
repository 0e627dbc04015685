/**
 * A WebSocket client on a bare TCP socket, so cheap that one process can receive hundreds of thousands of frames a second
 * beside the server that it measures. The mask's key is 0, which is legal; the server still unmasks.
 */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";

export interface RawWebSocketHandlers {
  /** one message: `bytes` from `start` to `end`, only valid during the call; `at` is when it arrived */
  onMessage(bytes: Buffer, start: number, end: number, at: number): void;
  onClose(error: Error | null): void;
}

export interface RawWebSocket {
  send(text: string): void;
  bytesIn(): number;
  close(): void;
}

const OP = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Reading, parsing and handling are one synchronous step, so that all sockets can share one buffer. */
const shared = Buffer.allocUnsafe(1 << 20);

function frame(payload: string | Buffer, op: number): Buffer {
  const length = typeof payload === "string" ? Buffer.byteLength(payload) : payload.length;
  const head = length < 126 ? 6 : length < 65_536 ? 8 : 14;
  const bytes = Buffer.allocUnsafe(head + length);
  bytes[0] = 0x80 | op;
  if (head === 6) bytes[1] = 0x80 | length;
  else if (head === 8) {
    bytes[1] = 0x80 | 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 0x80 | 127;
    bytes.writeUInt32BE(0, 2);
    bytes.writeUInt32BE(length, 6);
  }
  bytes.fill(0, head - 4, head);
  if (typeof payload === "string") bytes.write(payload, head, "utf8");
  else payload.copy(bytes, head);
  return bytes;
}

export function openRawWebSocket(port: number, path: string, handlers: RawWebSocketHandlers): RawWebSocket {
  let rest: Buffer | null = null;
  let fragments: Buffer | null = null;
  let isUp = false;
  let isDead = false;
  let bytesIn = 0;

  const socket = connect({
    host: "127.0.0.1",
    port,
    noDelay: true,
    onread: {
      buffer: shared,
      callback(count, buffer) {
        receive(buffer as Buffer, count);
        return true;
      },
    },
  });

  function die(error: Error | null): void {
    if (isDead) return;
    isDead = true;
    socket.destroy();
    handlers.onClose(error);
  }

  socket.on("connect", () =>
    socket.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
        "Sec-WebSocket-Version: 13",
        "\r\n",
      ].join("\r\n"),
    ),
  );
  socket.on("error", die);
  socket.on("close", () => die(null));

  /** Where the frames begin; -1 while the answer to the upgrade is not whole. */
  function acceptUpgrade(buffer: Buffer, end: number): number {
    const headEnd = buffer.indexOf("\r\n\r\n");
    if (headEnd < 0 || headEnd >= end) return -1;
    const head = buffer.toString("latin1", 0, headEnd);
    if (!head.startsWith("HTTP/1.1 101")) die(new Error(head.split("\r\n")[0]));
    isUp = true;
    return headEnd + 4;
  }

  function take(buffer: Buffer, first: number, start: number, end: number, at: number): void {
    const op = first & 0x0f;
    const isLast = (first & 0x80) !== 0;
    if (first & 0x40) throw new Error("A compressed frame came, though compression was not negotiated.");
    if (op === OP.ping) socket.write(frame(buffer.subarray(start, end), OP.pong));
    else if (op === OP.close) die(null);
    else if (!isLast || op === OP.continuation) {
      const part = Buffer.from(buffer.subarray(start, end));
      fragments = fragments === null ? part : Buffer.concat([fragments, part]);
      if (!isLast) return;
      const whole = fragments;
      fragments = null;
      handlers.onMessage(whole, 0, whole.length, at);
    } else if (op === OP.text || op === OP.binary) handlers.onMessage(buffer, start, end, at);
  }

  function receive(chunk: Buffer, count: number): void {
    const at = performance.now();
    bytesIn += count;
    let buffer = chunk;
    let end = count;
    let position = 0;
    if (rest !== null) {
      buffer = Buffer.concat([rest, chunk.subarray(0, count)]);
      end = buffer.length;
      rest = null;
    }
    if (!isUp) {
      position = acceptUpgrade(buffer, end);
      if (position < 0) rest = Buffer.from(buffer.subarray(0, end));
      if (position < 0 || isDead) return;
    }
    while (end - position >= 2) {
      let length = (buffer[position + 1] ?? 0) & 0x7f;
      let start = position + 2;
      if (length === 126) {
        if (end - position < 4) break;
        length = buffer.readUInt16BE(position + 2);
        start = position + 4;
      } else if (length === 127) {
        if (end - position < 10) break;
        length = buffer.readUInt32BE(position + 6);
        start = position + 10;
      }
      if (end - start < length) break;
      take(buffer, buffer[position] ?? 0, start, start + length, at);
      if (isDead) return;
      position = start + length;
    }
    if (position < end) rest = Buffer.from(buffer.subarray(position, end));
  }

  return {
    send: (text) => void socket.write(frame(text, OP.text)),
    bytesIn: () => bytesIn,
    close() {
      isDead = true;
      socket.destroy();
    },
  };
}
