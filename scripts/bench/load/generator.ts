/**
 * The load generator: a process of its own that plays one scenario against one server. It reads a
 * GeneratorTask as JSON from its standard input and prints one line of JSON, the result.
 */
import { randomBytes } from "node:crypto";
import { json } from "node:stream/consumers";
import { createClient, type LoadClient, type Protocol } from "./clients.js";
import { createFlow } from "./flow.js";
import { measureIdle } from "./idle.js";
import { measurePages, type Page } from "./pages.js";
import { measureReconnects } from "./reconnects.js";

export interface GeneratorTask {
  scenario: Scenario;
  protocol: Protocol;
  port: number;
  pids: { server: number; mongod: number | null };
  tokens: string[];
  rooms: string[];
  warmSeconds: number;
  seconds: number;
}

/** `rooms` of `members` each: the socket with number n is in room n modulo rooms, the first ones are the senders. */
export type Scenario =
  | { kind: "flow"; members: number; senders: number; load: { inFlight: number } | { rate: number } }
  | { kind: "pages"; pages: Page[]; requests: number }
  | { kind: "idle"; sockets: number }
  | { kind: "reconnects"; sockets: number; missed: number };

const CONNECTING_AT_ONCE = 50;

const task = (await json(process.stdin)) as GeneratorTask;
const { scenario, port, pids, rooms, tokens } = task;
const run = randomBytes(4).toString("hex");
const flow = createFlow();
let closed = 0;

function makeClient(id: number, onDelivery = flow.onDelivery): LoadClient {
  return createClient(task.protocol, id, { port, tokens, run, onDelivery, onClose: () => (closed += 1) });
}

/** Connects `count` clients, each in its room. */
async function connectAll(count: number, onDelivery = flow.onDelivery): Promise<LoadClient[]> {
  const clients = Array.from({ length: count }, (_, id) => makeClient(id, onDelivery));
  const waiting = [...clients];
  const connectNext = async () => {
    for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
      await client.connect();
      await client.enter(rooms[client.id % rooms.length] as string);
    }
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectNext));
  return clients;
}

async function play(): Promise<object> {
  switch (scenario.kind) {
    case "flow": {
      const clients = await connectAll(scenario.members * rooms.length);
      const { load } = scenario;
      const senders = clients.slice(0, scenario.senders);
      const { warmSeconds, seconds } = task;
      return { ...(await flow.run({ clients, senders, load, warmSeconds, seconds, pids })), closed };
    }
    case "pages":
      return await measurePages({ ...scenario, port, token: tokens[0] ?? "", pids });
    case "idle":
      return { ...(await measureIdle(pids.server, () => connectAll(scenario.sockets))), closed };
    case "reconnects":
      return await measureReconnects({ ...scenario, room: rooms[0] ?? "", pids, makeClient, connectAll });
  }
}

console.log(JSON.stringify(await play()));
process.exit(0);
