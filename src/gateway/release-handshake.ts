/**
 * What a socket needs no more once it is accepted: the request that opened it, with its headers and the token. Socket.IO would
 * keep them as long as it is connected, at some kilobytes each.
 */
import type { ChatSocket } from "./connections.js";

const nothing: ChatSocket["handshake"] = Object.freeze({
  headers: {},
  time: "",
  address: "",
  xdomain: false,
  secure: false,
  issued: 0,
  url: "",
  query: {},
  auth: {},
});

/** Afterwards `socket.request` and `socket.handshake` tell nothing. */
export function releaseHandshake(socket: ChatSocket): void {
  // engine.io's answer to an upgrade keeps the request for as long as the TCP socket lives.
  if (socket.conn.transport.name === "websocket")
    Object.assign(socket.request, { headers: {}, rawHeaders: [], url: "" });
  Object.assign(socket.conn, { request: null });
  Object.assign(socket, { handshake: nothing });
}
