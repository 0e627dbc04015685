/** Growth: what a message and a page cost in a room of 10,000, 100,000 and 1,000,000 entries, side by side in one MongoDB. */
import { mongo } from "mongoose";
import { faultsOf } from "./faults.js";
import { fillRoom } from "./history.js";
import type { FlowResult } from "./load/flow.js";
import type { Page, PageResult } from "./load/pages.js";
import { quietSecond } from "./machine.js";
import { makeCast, type Cast } from "./people.js";
import { generate, type Timing } from "./play.js";
import { databaseUri, startMongod, startServer, type Mongod } from "./processes.js";

const SIZES = [10_000, 100_000, 1_000_000] as const;
const MEMBERS = 20;
const REQUESTS = 1_000;

interface Room extends Cast {
  size: number;
  database: string;
  pages: Page[];
}

export interface GrowthRun {
  size: number;
  /** microseconds of CPU, server and mongod together */
  messageCpu: number;
  newestCpu: number;
  oldestCpu: number;
  /** milliseconds, median */
  newestMs: number;
  oldestMs: number;
  faults: string[];
}

/** What one query of a page looked at: the profiler's word. */
export interface Examined {
  size: number;
  page: string;
  limit: number;
  keys: number;
  documents: number;
}

async function makeRoom(mongod: Mongod, size: number): Promise<Room> {
  const database = `growth-${size}`;
  const server = await startServer("parlance", mongod, { database });
  const cast = await makeCast("parlance", server, { users: MEMBERS, rooms: 1 });
  await server.stop();
  const [room] = cast.rooms as [string];
  const pages = await fillRoom("parlance", mongod, { database, room, count: size });
  return { ...cast, size, database, pages };
}

async function measure(
  mongod: Mongod,
  { size, database, pages, tokens, rooms }: Room,
  timing: Timing,
): Promise<GrowthRun> {
  const server = await startServer("parlance", mongod, { database });
  try {
    await quietSecond();
    const pids = { server: server.pid, mongod: mongod.pid };
    const common = { protocol: "parlance" as const, port: server.port, pids, tokens, rooms, ...timing };
    const pageResult = await generate({ ...common, scenario: { kind: "pages", pages, requests: REQUESTS } });
    const flowResult = await generate({
      ...common,
      scenario: { kind: "flow", members: MEMBERS, senders: 5, load: { inFlight: 8 } },
    });
    const { serverCpu, mongodCpu } = flowResult as unknown as FlowResult;
    const [newest, oldest] = ["newest", "oldest"].map((name) =>
      (pageResult["pages"] as PageResult[]).find((page) => page.name === name),
    ) as [PageResult, PageResult];
    return {
      size,
      messageCpu: serverCpu + mongodCpu,
      newestCpu: newest.serverCpu + newest.mongodCpu,
      oldestCpu: oldest.serverCpu + oldest.mongodCpu,
      newestMs: newest.ms.p50 ?? 0,
      oldestMs: oldest.ms.p50 ?? 0,
      faults: [...faultsOf(pageResult), ...faultsOf(flowResult)],
    };
  } finally {
    await server.stop();
  }
}

/** Asks for each page once with MongoDB's profiler on, and reads from it what was examined. */
async function examine(mongod: Mongod, { size, database, pages, tokens }: Room): Promise<Examined[]> {
  const server = await startServer("parlance", mongod, { database });
  const client = new mongo.MongoClient(databaseUri(mongod, database));
  await client.connect();
  const db = client.db();
  const examined: Examined[] = [];
  try {
    for (const { name, path } of pages) {
      await db.command({ profile: 2 });
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        headers: { authorization: `Bearer ${tokens[0]}` },
      });
      await response.arrayBuffer();
      await db.command({ profile: 0 });
      const queries = await db
        .collection("system.profile")
        .find({ ns: `${database}.messages`, op: { $in: ["query", "command"] } })
        .toArray();
      for (const query of queries) {
        examined.push({
          size,
          page: name,
          limit: Number(query["command"]?.limit ?? 0),
          keys: Number(query["keysExamined"]),
          documents: Number(query["docsExamined"]),
        });
      }
      await db.dropCollection("system.profile");
    }
  } finally {
    await client.close();
    await server.stop();
  }
  return examined;
}

/** Fills the rooms once, then measures them in turn, the order reversed every other round. */
export async function measureGrowth({
  rounds,
  timing,
  say,
}: {
  rounds: number;
  timing: Timing;
  say(line: string): void;
}): Promise<{ runs: GrowthRun[][]; examined: Examined[] }> {
  const mongod = await startMongod();
  try {
    const rooms: Room[] = [];
    for (const size of SIZES) {
      say(`filling a room with ${size.toLocaleString("en")} entries`);
      rooms.push(await makeRoom(mongod, size));
    }
    const examined: Examined[] = [];
    for (const room of rooms) examined.push(...(await examine(mongod, room)));
    const runs: GrowthRun[][] = [];
    for (let round = 0; round < rounds; round++) {
      const runsOfRound: GrowthRun[] = [];
      for (const room of round % 2 === 0 ? rooms : rooms.toReversed()) {
        const run = await measure(mongod, room, timing);
        say(`round ${round + 1}, ${room.size.toLocaleString("en")}: ${JSON.stringify(run)}`);
        runsOfRound.push(run);
      }
      runs.push(runsOfRound);
    }
    return { runs, examined };
  } finally {
    await mongod.stop();
  }
}
