/** A server that stops [D7] while its database takes its time. */
import type { Entry } from "../../src/protocol/entries.js";
import { createEntryStore } from "../../src/log/entry-store.js";
import { LOG_PARTS, type LogParts } from "../../src/log/log.js";
import { createClients } from "../support/clients.js";
import { startTestServer } from "../support/server.js";
import { handshakeError } from "../support/sockets.js";

/** Longer than any other patience that a server has when it stops. */
const STILL_THERE_MS = 3_000;

/** Writes that wait until they are let through. */
function gatedParts(): { parts: LogParts; reached: Promise<void>; open(): void } {
  let open = (): void => undefined;
  let reach = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const createStore: LogParts["createStore"] = (model) => {
    const store = createEntryStore(model);
    return {
      ...store,
      async insert(items) {
        reach();
        await opened;
        return await store.insert(items);
      },
    };
  };
  return { parts: { ...LOG_PARTS, createStore }, reached, open };
}

it("[D7] what is queued is stored and acked before the sockets are sent away, and nothing new is taken meanwhile", async () => {
  const { parts, reached, open } = gatedParts();
  const server = await startTestServer({}, { logParts: parts });
  const ada = await createClients(server).registerUser("ada");
  const { room } = await ada.createRoom();
  const socket = await ada.connect();
  const texts = Array.from({ length: 30 }, (_, index) => `${index}`);
  const acks = Promise.all(texts.map((text) => socket.send(room.id, text)));
  // Handled below, unless something else fails before.
  acks.catch(() => undefined);
  await reached;

  const closed = server.close();

  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  expect(await handshakeError(server.url, ada.token)).toMatchObject({ code: "unavailable" });
  expect(
    await socket.refusal("message:send", { roomId: room.id, clientId: crypto.randomUUID(), text: "new" }),
  ).toMatchObject({ code: "unavailable" });
  expect(await ada.refusal("POST", `/rooms/${room.id}/messages`, { text: "new" })).toMatchObject({ status: 503 });
  await expect(socket.waitFor(() => socket.disconnected(), STILL_THERE_MS)).rejects.toThrow("Waited in vain");
  open();
  const entries = await acks;
  await closed;

  expect(socket.entries(room.id)).toEqual(entries);
  expect(socket.pushes.at(-1)).toMatchObject({ event: "session:ended", data: { code: "draining" } });
  const again = await startTestServer({ MONGODB_URI: server.uri });
  const { token } = await createClients(again).logIn(ada);
  const log = await createClients(again).call<{ entries: Entry[] }>("GET", `/rooms/${room.id}/log`, { token });
  expect(log.body.entries.slice(1)).toEqual(entries);
});
