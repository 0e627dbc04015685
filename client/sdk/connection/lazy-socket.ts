/** Socket.IO, fetched with the first connection: a page where nobody is logged in does without its 13 kB. */
import type { ClientSocket, Connect } from "./socket.js";

/** Connects as `connectSocketIo` does, once its code is there; code that cannot be fetched counts as a connection that failed. */
export const connectLazily: Connect = (url, token, handlers) => {
  let socket: ClientSocket | null = null;
  let closed = false;
  const begin = async () => {
    const { connectSocketIo } = await import("./socket.js");
    if (!closed) socket = connectSocketIo(url, token, handlers);
  };
  // The failure is told by its handler: whoever connects tries again after a while.
  begin().catch(() => {
    if (!closed) handlers.refused(null);
  });
  return {
    emit: (event, payload, ack) => socket?.emit(event, payload, ack),
    close() {
      closed = true;
      socket?.close();
    },
  };
};
