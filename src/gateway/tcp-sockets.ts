/** The TCP connections under HTTP and Socket.IO: none is left half open, and none outlives the server. */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

export interface TcpSockets {
  /** Cuts off whoever neither reads nor hangs up. */
  destroyAll(): void;
}

/** @param path where Socket.IO answers; an upgrade of anything else is refused, which nothing else would ever close */
export function watchTcpSockets(httpServer: Server, path: string): TcpSockets {
  const sockets = new Set<Duplex>();
  httpServer.on("connection", (socket: Duplex) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  httpServer.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    if (request.url?.startsWith(path)) return;
    socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () => socket.destroy());
  });
  return {
    destroyAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
