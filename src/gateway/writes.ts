/**
 * Fewer system calls for the same packets: writing to sockets is most of what a busy server does [D0].
 *
 * Socket.IO frames what goes to many once, as a header and a body; joined once, each receiver takes one plain write. What waits for
 * one socket, acks above all, engine.io writes packet by packet; held together, it is one write as well.
 */
import type { Server, Socket } from "socket.io";

type EngineSocket = Socket["conn"];

/** What Socket.IO and engine.io leave out of their types. */
interface PacketOptions {
  wsPreEncodedFrame?: readonly Buffer[];
}
interface Encoder {
  _encode?(packet: unknown, options: PacketOptions): unknown;
}
interface Internals {
  transport: { socket?: { _socket?: { cork(): void; uncork(): void } | null } };
}

const tcpSocketOf = (conn: EngineSocket) => (conn as unknown as Internals).transport.socket?._socket;

function joinFrames(io: Server): void {
  const adapter = io.of("/").adapter as unknown as Encoder;
  const encode = adapter._encode?.bind(adapter);
  // Another adapter, or a later one, may do it in its own way.
  if (encode === undefined) return;
  adapter._encode = (packet, options) => {
    const encoded = encode(packet, options);
    const { wsPreEncodedFrame: frame } = options;
    if (frame !== undefined && frame.length > 1) options.wsPreEncodedFrame = [Buffer.concat(frame)];
    return encoded;
  };
}

/** engine.io says `flush` before it writes what waits for a connection, and `drain` right after it. */
function holdTogether(io: Server): void {
  io.engine.on("flush", (conn: EngineSocket, packets: readonly unknown[]) => {
    if (packets.length > 1) tcpSocketOf(conn)?.cork();
  });
  io.engine.on("drain", (conn: EngineSocket) => tcpSocketOf(conn)?.uncork());
}

export function saveSystemCalls(io: Server): void {
  joinFrames(io);
  holdTogether(io);
}
