/** The scenarios, and what each is expected to reach against the storing baseline. */
import type { Protocol } from "./load/clients.js";
import type { Scenario } from "./load/generator.js";
import type { CastSize } from "./people.js";

export interface BenchScenario {
  name: string;
  title: string;
  protocols: readonly Protocol[];
  cast: CastSize;
  /** entries that the room holds beforehand */
  history?: number;
  scenario: Scenario;
}

const MESSAGE_LOAD = { S1: 8, S2: 4 } as const;
const REQUESTS = 1_500;

export const scenarios: readonly BenchScenario[] = [
  {
    name: "S1",
    title: "One room of 100, 10 of them send, 8 in flight each",
    protocols: ["tutorial", "parlance", "bare"],
    cast: { users: 100, rooms: 1 },
    scenario: { kind: "flow", members: 100, senders: 10, load: { inFlight: MESSAGE_LOAD.S1 } },
  },
  {
    name: "S2",
    title: "100 rooms of 5, one sends in each, 4 in flight",
    protocols: ["tutorial", "parlance", "bare"],
    cast: { users: 500, rooms: 100 },
    scenario: { kind: "flow", members: 5, senders: 100, load: { inFlight: MESSAGE_LOAD.S2 } },
  },
  {
    name: "S3",
    title: "50 messages a second into one room of 50",
    protocols: ["tutorial", "parlance"],
    cast: { users: 50, rooms: 1 },
    scenario: { kind: "flow", members: 50, senders: 5, load: { rate: 50 } },
  },
  {
    name: "S4",
    title: "Pages of 50 out of 100,000 messages, 8 requests at once",
    protocols: ["tutorial", "parlance"],
    cast: { users: 1, rooms: 1 },
    history: 100_000,
    scenario: { kind: "pages", pages: [], requests: REQUESTS },
  },
  {
    name: "S5",
    title: "2,000 idle connections of 100 users in one room",
    protocols: ["tutorial", "parlance"],
    cast: { users: 100, rooms: 1 },
    scenario: { kind: "idle", sockets: 2_000 },
  },
  {
    name: "S6",
    title: "500 clients drop at once and come back for the 20 messages that they missed",
    protocols: ["tutorial", "parlance"],
    cast: { users: 501, rooms: 1 },
    scenario: { kind: "reconnects", sockets: 500, missed: 20 },
  },
];
