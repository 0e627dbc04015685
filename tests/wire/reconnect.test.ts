/** A connection that breaks: whoever comes back is let in anew, and catches up by `sync` [D3]. */
import type { AckError } from "../../src/protocol/events.js";
import { createClients, type Clients } from "../support/clients.js";
import { startTestServer } from "../support/server.js";
import type { TestSocket } from "../support/sockets.js";

let clients: Clients;

beforeAll(async () => {
  clients = createClients(await startTestServer());
});

/** A socket that comes back by itself, after it was pushed something: from there a recovery could go on. */
async function socketThatReturns() {
  const ada = await clients.registerUser("ada");
  const { room } = await ada.createRoom();
  const socket = await ada.connect({ reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 10 });
  await socket.send(room.id, "before");
  await socket.waitFor(() => socket.entries(room.id).length > 0);
  return { ada, socket, roomId: room.id };
}

/** Breaks the connection underneath; resolves with how the next handshake ends. */
function breakConnection({ raw }: TestSocket): Promise<"connected" | AckError> {
  const ended = new Promise<"connected" | AckError>((resolve) => {
    raw.once("connect", () => resolve("connected"));
    raw.once("connect_error", (error: Error & { data?: AckError }) => error.data && resolve(error.data));
  });
  raw.io.engine.close();
  return ended;
}

it("[D3] is not recovered behind the back of sync, and is told nothing that it did not ask for", async () => {
  const { ada, socket, roomId } = await socketThatReturns();
  const before = socket.pushes.length;

  const back = breakConnection(socket);
  await ada.call("POST", `/rooms/${roomId}/messages`, { text: "meanwhile" });
  expect(await back).toBe("connected");
  const { rooms } = await socket.emit("sync", { heads: { [roomId]: 2 } });

  expect(socket.raw.recovered).not.toBe(true);
  expect(socket.pushes.slice(before).filter(({ event }) => event !== "entries")).toEqual([]);
  expect(rooms.map(({ head, entries }) => [head, entries.map(({ seq }) => seq)])).toEqual([[3, [3]]]);
  socket.close();
});

it("[D3] has to show its token again", async () => {
  const { socket } = await socketThatReturns();

  socket.raw.auth = { token: "no more" };

  expect(await breakConnection(socket)).toMatchObject({ code: "unauthenticated" });
  socket.close();
});
