/** A real client between a fake server and a clock that only the test moves. */
import { createChatClient } from "../chat-client.js";
import { createMemoryStorage, type ClientStorage, type NetworkSignal } from "../options.js";
import type { Row } from "../types.js";
import { createFakeServer } from "./fake-server.js";
import { createManualTime, settled } from "./manual-time.js";
import { clientIdOf, sampleView } from "./samples.js";
import type { RoomView } from "../../../src/protocol/shapes.js";

interface Setup {
  storage?: ClientStorage;
  rooms?: RoomView[];
}

export function createFakeClient({ storage = createMemoryStorage(), rooms = [] }: Setup = {}) {
  const server = createFakeServer();
  const time = createManualTime();
  let signal: (signal: NetworkSignal) => void = () => {};
  let ids = 900;
  server.on("GET /rooms", { status: 200, body: { rooms } });
  const client = createChatClient({
    url: "http://fake",
    storage,
    now: time.now,
    timers: time.timers,
    random: () => 0.5,
    fetch: server.fetch,
    connect: server.connect,
    newClientId: () => clientIdOf((ids += 1)),
    network: {
      subscribe(listener) {
        // The session and the connection both listen.
        const before = signal;
        signal = (given) => (before(given), listener(given));
        return () => undefined;
      },
    },
  });
  return { server, time, client, storage, signal: (given: NetworkSignal) => signal(given) };
}

/** A client of Ada's that is live, with one room `r` of which the server told that its head is `head`. */
export async function adaInARoom(head = 4) {
  const world = createFakeClient({ rooms: [sampleView("r", head)] });
  await world.client.logIn({ username: "ada", password: "x" });
  await settled();
  const room = (roomId = "r") => {
    const state = world.client.getState().rooms?.get(roomId);
    if (state === undefined) throw new Error(`There is no room ${roomId}.`);
    return state;
  };
  return { ...world, room, rows: (roomId = "r") => told(room(roomId).rows) };
}

/** Rows in a few words: the seq of an entry, the bounds of a hole, the text and status of what is pending. */
export function told(rows: readonly Row[]): (number | string)[] {
  return rows.map((row) => {
    if (row.kind === "entry") return row.entry.seq;
    if (row.kind === "hole") return `${row.after}..${row.before}`;
    return `${row.pending.text} (${row.pending.status.kind})`;
  });
}
