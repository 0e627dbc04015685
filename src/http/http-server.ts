/** The listening side, with time and size limits against clients that are slow on purpose. */
import { createServer, type RequestListener, type Server } from "node:http";

/** An HTTP server for the app. It does not listen yet. */
export function createHttpServer(app: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16 * 1024,
      connectionsCheckingInterval: 5_000,
    },
    app,
  );
  // Node takes its own listener off a connection that asks for an upgrade: a client that resets it then must not end the process.
  server.on("connection", (socket) => socket.on("error", () => socket.destroy()));
  return server;
}
