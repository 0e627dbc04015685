/** The process from start to stop, as a person at a shell sees it. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mongo } from "mongoose";
import { endProcess, isAlive } from "../../src/infra/database/embedded/processes.js";
import { testDatabaseUri } from "../support/mongod/index.js";
import { startMain, type MainProcess } from "./main-process.js";

const timeout = 60_000;
let dataDir: string;
const running: MainProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parlance-start-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((main) => main.kill()));
  const pid = await mongodPid();
  if (pid !== null) await endProcess(pid, 10_000);
  await rm(dataDir, { recursive: true, force: true });
});

function start(settings: Record<string, string> = {}): MainProcess {
  const main = startMain({ PORT: "0", DATA_DIR: dataDir, ...settings });
  running.push(main);
  return main;
}

async function mongodPid(): Promise<number | null> {
  const text = await readFile(join(dataDir, "mongodb/mongod.lock"), "utf8").catch(() => "");
  return Number.parseInt(text, 10) || null;
}

/** What a start that cannot be ends with: its exit code and its words on standard error. */
async function refusal(settings: Record<string, string>): Promise<{ code: number | null; lines: string[] }> {
  const main = start(settings);
  const code = await main.ended;
  return { code, lines: main.output().stderr.trimEnd().split("\n") };
}

describe("a start", () => {
  it(
    "ends with the address to open and where the data is; SIGTERM stops server and mongod, and gives the data free",
    async () => {
      const main = start();
      const { stdout, stderr } = await main.says("Ctrl-C stops it");
      const url = /open (http:\/\/127\.0\.0\.1:\d+)/.exec(stderr)?.[1] ?? "";
      const ready = await fetch(`${url}/readyz`);
      const mongod = (await mongodPid()) ?? 0;

      main.signal("SIGTERM");
      const code = await main.ended;

      expect(ready.status).toBe(200);
      expect(stderr).toContain(`Its data is in ${dataDir}.`);
      for (const line of stdout.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("level");
      expect(code).toBe(0);
      expect(isAlive(mongod)).toBe(false);
      expect(await readdir(dataDir)).not.toContain("server.lock");
    },
    timeout,
  );

  it(
    "goes on serving when nobody takes its log any more, and stops as ever",
    async () => {
      const main = start({ MONGODB_URI: testDatabaseUri() });
      const { stderr } = await main.says("Ctrl-C stops it");
      const url = /open (http:\/\/127\.0\.0\.1:\d+)/.exec(stderr)?.[1] ?? "";

      main.hangUp();
      // Each of these is a line of the log.
      for (let count = 0; count < 3; count++) expect((await fetch(`${url}/api/v1/server`)).status).toBe(200);
      main.signal("SIGTERM");

      expect(await main.ended).toBe(0);
    },
    timeout,
  );

  it(
    "on data that a server already serves ends with one line that names it",
    async () => {
      const first = start();
      const { stderr } = await first.says("Ctrl-C stops it");
      const url = /open (\S+)/.exec(stderr)?.[1] ?? "";

      const second = await refusal({});

      expect(second).toEqual({
        code: 1,
        lines: [
          `Parlance already runs on ${dataDir}: process ${first.pid} at ${url}. Stop it first, or set DATA_DIR to another folder.`,
        ],
      });
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    },
    timeout,
  );

  it(
    "after kill -9 of the server ends the mongod that was left, and serves",
    async () => {
      const first = start();
      await first.says("Ctrl-C stops it");
      const orphan = (await mongodPid()) ?? 0;
      await first.kill();
      expect(isAlive(orphan)).toBe(true);

      const second = start();
      await second.says("Ctrl-C stops it");

      expect(isAlive(orphan)).toBe(false);
    },
    timeout,
  );

  it(
    "with wrong settings names each of them, one line each",
    async () => {
      expect(await refusal({ PORT: "many", BCRYPT_COST: "99", MONGODB_URI: "http://127.0.0.1/" })).toEqual({
        code: 1,
        lines: [
          "PORT must be a whole number from 0 to 65535.",
          "MONGODB_URI must begin with mongodb:// or mongodb+srv:// and name a host, or be empty for the embedded MongoDB.",
          "BCRYPT_COST must be a whole number from 4 to 15.",
        ],
      });
    },
    timeout,
  );

  it(
    "with credentials that MongoDB refuses ends with one line, without a stack",
    async () => {
      const { code, lines } = await refusal({ MONGODB_URI: testDatabaseUri().replace("//", "//ada:hunter2@") });

      expect(code).toBe(1);
      expect(lines).toEqual([expect.stringMatching(/refuses the user name or password\. Check them in MONGODB_URI/)]);
    },
    timeout,
  );

  it(
    "[G8] on a database whose index is not unique ends with one line that names it",
    async () => {
      const uri = testDatabaseUri();
      const client = await new mongo.MongoClient(uri).connect();
      const messages = client.db().collection("messages");
      await messages.createIndex({ roomId: 1, senderId: 1, clientId: 1 }, { name: "u_client_id" });
      await client.close();

      const { code, lines } = await refusal({ MONGODB_URI: uri });

      expect(code).toBe(1);
      expect(lines).toEqual([expect.stringMatching(/collection messages .*index/)]);
    },
    timeout,
  );

  it(
    "on a port that is taken says so in one line, and leaves no mongod behind",
    async () => {
      const squatter = createServer().listen(0, "127.0.0.1");
      await once(squatter, "listening");
      const { port } = squatter.address() as AddressInfo;

      const outcome = await refusal({ PORT: String(port) });

      expect(outcome).toEqual({
        code: 1,
        lines: [`Port ${port} on 127.0.0.1 is taken by another program. Stop that one, or set PORT to a free port.`],
      });
      expect(await mongodPid()).toBeNull();
      await expect(access(join(dataDir, "server.lock"))).rejects.toMatchObject({ code: "ENOENT" });
      squatter.close();
    },
    timeout,
  );

  it(
    "with an unreachable MongoDB says so in one line, stays up, and stops at a signal",
    async () => {
      const main = start({ MONGODB_URI: "mongodb://127.0.0.1:1/parlance" });
      const { stdout } = await main.says("Nothing answers at 127.0.0.1:1");

      main.signal("SIGINT");
      const code = await main.ended;

      expect(stdout).not.toContain("stack");
      expect(code).toBe(0);
    },
    timeout,
  );
});
