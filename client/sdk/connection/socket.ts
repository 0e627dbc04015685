/** One Socket.IO connection, as small as the client needs it. Whether and when there is another one is not decided here. */
import { io, type Socket } from "socket.io-client";
import type { ServerEvent, PushData, ServerToClient } from "../../../src/protocol/events.js";
import { SERVER_EVENTS } from "../../../src/protocol/event-names.js";

/** The server's answer to a refused handshake. */
export interface HandshakeRefusal {
  code: string;
  detail: string;
  retryAfterMs: number | null;
}

export interface SocketHandlers {
  connected(): void;
  /** null: no answer that the server itself gave */
  refused(refusal: HandshakeRefusal | null): void;
  disconnected(): void;
  push<E extends ServerEvent>(event: E, data: PushData<E>): void;
}

export interface ClientSocket {
  /** `ack` is called at most once, and never when the connection is lost first */
  emit(event: string, payload: unknown, ack: (answer: unknown) => void): void;
  /** No handler is called after this. */
  close(): void;
}

/** Starts a connection; what becomes of it goes to the handlers, never before the call has returned. */
export type Connect = (url: string, token: string, handlers: SocketHandlers) => ClientSocket;

type AnyEmit = { [event: string]: (payload: unknown, ack: (answer: unknown) => void) => void };

const HANDSHAKE_TIMEOUT_MS = 10_000;

function refusalOf(error: Error & { data?: unknown }): HandshakeRefusal | null {
  const data = error.data as { code?: unknown; detail?: unknown; retryAfterMs?: unknown } | undefined;
  if (typeof data?.code !== "string") return null;
  return {
    code: data.code,
    detail: typeof data.detail === "string" ? data.detail : "",
    retryAfterMs: typeof data.retryAfterMs === "number" ? data.retryAfterMs : null,
  };
}

/** Websocket first, long polling where that is blocked. */
export const connectSocketIo: Connect = (url, token, handlers) => {
  const options = {
    auth: { token },
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnection: false,
    forceNew: true,
    timeout: HANDSHAKE_TIMEOUT_MS,
  };
  const socket: Socket<ServerToClient, AnyEmit> = url === "" ? io(options) : io(url, options);
  socket.on("connect", () => handlers.connected());
  socket.on("connect_error", (error) => handlers.refused(refusalOf(error)));
  socket.on("disconnect", () => handlers.disconnected());
  const forward = <E extends ServerEvent>(event: E) => {
    const push = (data: PushData<E>) => handlers.push(event, data);
    // Socket.IO's own listener type does not follow a generic event name.
    socket.on(event as string as "resync", push as (data: unknown) => void);
  };
  for (const event of Object.values(SERVER_EVENTS)) forward(event);
  return {
    emit: (event, payload, ack) => void socket.emit(event, payload, ack),
    close() {
      socket.off();
      socket.disconnect();
    },
  };
};
