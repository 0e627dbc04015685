/** One run of one scenario against one server: fresh mongod, fresh server, a generator of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { faultsOf } from "./faults.js";
import { fillRoom } from "./history.js";
import type { Protocol } from "./load/clients.js";
import type { GeneratorTask } from "./load/generator.js";
import { quietSecond } from "./machine.js";
import { makeCast } from "./people.js";
import { root, startMongod, startServer, type Mongod, type Server } from "./processes.js";
import type { BenchScenario } from "./scenarios.js";

export interface Timing {
  warmSeconds: number;
  seconds: number;
}

export interface Run {
  protocol: Protocol;
  /** whether the machine was quiet before it began */
  quiet: boolean;
  result: Record<string, unknown>;
  /** lost, doubled, disordered, refused or unanswered messages, and the like; empty when all is well */
  faults: string[];
}

/** Runs the load generator in a process of its own. */
export async function generate(task: GeneratorTask): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/bench/load/generator.ts"], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(task));
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`The load generator ended with ${code}.`);
  return JSON.parse(output) as Record<string, unknown>;
}

const DATABASE = "bench";

export async function play(scenario: BenchScenario, protocol: Protocol, timing: Timing): Promise<Run> {
  const mongod: Mongod | null = await startMongod();
  let server: Server | null = null;
  try {
    server = await startServer(protocol, mongod, { database: DATABASE });
    const cast = await makeCast(protocol, server, scenario.cast);
    let task = scenario.scenario;
    if (scenario.history !== undefined && task.kind === "pages") {
      // Stopped meanwhile: what it remembers of the room would be wrong.
      await server.stop();
      const [room] = cast.rooms as [string];
      const pages = await fillRoom(protocol, mongod, { database: DATABASE, room, count: scenario.history });
      task = { ...task, pages };
      server = await startServer(protocol, mongod, { database: DATABASE });
    }
    const quiet = await quietSecond();
    const { port, pid } = server;
    const result = await generate({
      scenario: task,
      protocol,
      port,
      pids: { server: pid, mongod: mongod.pid },
      ...cast,
      ...timing,
    });
    return { protocol, quiet, result, faults: faultsOf(result) };
  } finally {
    await server?.stop();
    await mongod.stop();
  }
}
