/** Pages of history over HTTP: how many a second, at which place of a long room. */
import { Agent, get } from "node:http";
import { cpuSeconds } from "../machine.js";
import { createHistogram, type Summary } from "./histogram.js";

export interface Page {
  name: string;
  path: string;
}

export interface PageResult {
  name: string;
  perSecond: number;
  ms: Summary;
  /** microseconds of CPU a page */
  serverCpu: number;
  mongodCpu: number;
  /** answers without fifty messages */
  bad: number;
}

interface PagesOptions {
  pages: readonly Page[];
  requests: number;
  port: number;
  token: string;
  pids: { server: number; mongod: number | null };
}

const AT_ONCE = 8;
/** Node compiles what is called often; what is measured is a server that has been running. */
const WARM_REQUESTS = 500;
const MESSAGES = 50;

export async function measurePages({
  pages,
  requests,
  port,
  token,
  pids,
}: PagesOptions): Promise<{ pages: PageResult[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const headers = { authorization: `Bearer ${token}` };

  const read = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      get({ host: "127.0.0.1", port, path, agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve(Buffer.concat(chunks).toString()));
      }).on("error", reject);
    });

  async function measure({ name, path }: Page): Promise<PageResult> {
    const ms = createHistogram();
    let bad = 0;
    async function many(count: number): Promise<void> {
      let left = count;
      const next = async () => {
        while (left-- > 0) {
          const startedAt = performance.now();
          const body = await read(path);
          ms.add(performance.now() - startedAt);
          if (body.split("~S").length - 1 !== MESSAGES) bad += 1;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, next));
    }
    await many(WARM_REQUESTS);
    const cpu = async (pid: number | null) => (pid === null ? 0 : await cpuSeconds(pid));
    const before = { server: await cpu(pids.server), mongod: await cpu(pids.mongod) };
    const startedAt = performance.now();
    await many(requests);
    const took = (performance.now() - startedAt) / 1_000;
    const each = (seconds: number) => Math.round((seconds * 1e6) / requests);
    return {
      name,
      perSecond: Math.round(requests / took),
      ms: ms.summary(),
      serverCpu: each((await cpu(pids.server)) - before.server),
      mongodCpu: each((await cpu(pids.mongod)) - before.mongod),
      bad,
    };
  }

  const results: PageResult[] = [];
  // One place after the other: they would share the machine.
  for (const page of pages) results.push(await measure(page));
  return { pages: results };
}
