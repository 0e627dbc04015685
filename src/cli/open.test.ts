/** Commands beside a server, without one, and against one: on the embedded MongoDB. */
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdmin, type Admin } from "../../tests/support/admin.js";
import { createClients } from "../../tests/support/clients.js";
import { withDatabase } from "../../tests/support/dumps.js";
import { testDatabaseUri, testMongodBinary } from "../../tests/support/mongod/index.js";
import { startTestServer, type TestServer } from "../../tests/support/server.js";
import { readConfig } from "../infra/config.js";
import { openDatabase } from "../infra/database/index.js";
import { isAlive } from "../infra/database/embedded/processes.js";
import { createLogger } from "../infra/logger.js";
import { startServer } from "../server.js";

let settings: Record<string, string>;
let admin: Admin;
let server: TestServer | null;

beforeEach(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "parlance-open-"));
  settings = { MONGODB_URI: "", DATA_DIR: dataDir, MONGOD_BINARY: testMongodBinary() };
  admin = await createAdmin(settings);
  server = null;
});
afterEach(async () => {
  await server?.close();
  await rm(admin.folder, { recursive: true, force: true });
});

const mongodPid = async () => Number.parseInt(await readFile(join(admin.folder, "mongodb/mongod.lock"), "utf8"), 10);

it("uses a running server's own MongoDB, and the server goes on", async () => {
  server = await startTestServer(settings);
  const clients = createClients(server);
  const ada = await clients.registerUser("ada");
  const socket = await ada.connect();
  const pid = await mongodPid();

  const listed = await admin.run(["user", "list"]);
  const changed = await admin.run(["user", "password", ada.username, "--generate"]);
  const last = await socket.waitFor(() => socket.disconnected() && socket.of("session:ended")[0], 2_000);

  expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining(ada.username), stderr: "" });
  expect(changed.stdout).toContain(`The server at ${server.url} closes their connections within 2 s.`);
  expect(last).toEqual({ code: "revoked" });
  expect(await mongodPid()).toBe(pid);
  expect((await clients.registerUser("grace")).id).toMatch(/^[0-9a-f]{24}$/);
});

it("starts the embedded MongoDB itself where no server runs, and ends it again", async () => {
  const made = await admin.run(["user", "create", "ada", "--generate"]);
  const pid = await mongodPid().catch(() => null);
  const listed = await admin.run(["user", "list"]);

  expect(made.code).toBe(0);
  expect(made.stderr).toMatch(/^Starting MongoDB \S+ \(.*\)\.$/m);
  expect(listed.stdout).toMatch(/^ada {2,}admin/);
  expect(pid === null || Number.isNaN(pid) || !isAlive(pid)).toBe(true);
  expect(await readdir(admin.folder)).not.toContain("server.lock");
});

it("refuses a command that needs the data alone while a server runs, naming the server", async () => {
  await admin.run(["user", "create", "ada", "--generate"]);
  await admin.run(["backup", "all"]);
  server = await startTestServer(settings);

  const { code, stdout, stderr } = await admin.run(["restore", "all", "--replace", "--yes"]);

  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: "",
    stderr: `Parlance already runs on ${admin.folder}: process ${process.pid} at ${server.url}. Stop it first: restore needs the data to itself.\n`,
  });
});

it("keeps a server and other commands out while a command has the data alone", async () => {
  const config = readConfig(settings, admin.folder);
  const by = { command: "restore", access: "exclusive" } as const;
  const alone = await openDatabase({ config, log: createLogger("silent"), by });
  await alone.ready;

  const line = `The command restore works on ${admin.folder}: process ${process.pid}. Wait until it is done.`;
  await expect(startTestServer(settings)).rejects.toThrow(line);
  expect(await admin.run(["user", "list"])).toEqual({ code: 1, stdout: "", stderr: `${line}\n` });

  await alone.close();
  server = await startTestServer(settings);
});

it("ends a server that was silent for so long that a command took its database", async () => {
  const uri = testDatabaseUri();
  const dataDir = admin.folder;
  const config = readConfig({ ...settings, MONGODB_URI: uri, PORT: "0" }, dataDir);
  const silent = createLogger("silent");
  const running = await startServer({ config, log: silent, webClientDir: null });
  await running.ready;
  await withDatabase(uri, (db) => db.collection("servers").updateMany({}, { $set: { seenAt: new Date(0) } }));
  const by = { command: "restore", access: "exclusive" } as const;
  const alone = await openDatabase({ config, log: silent, by });
  await alone.ready;

  const error = await running.failed;
  const answer = await fetch(`${running.url}/readyz`);

  expect(error.message).toMatch(/^The command restore .* took the database while this server was away/);
  expect(answer.status).toBe(503);
  await running.close();
  await alone.close();
});

it("says in one line that a database of yours is not there, after a few seconds", async () => {
  const elsewhere = await createAdmin({ MONGODB_URI: "mongodb://127.0.0.1:1/parlance" });

  const { code, stderr } = await elsewhere.run(["user", "list"]);

  expect(code).toBe(1);
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^Nothing answers at 127\.0\.0\.1:1\./);
});

it("names every wrong setting", async () => {
  const wrong = await createAdmin({ MONGODB_URI: "http://x", PORT: "many" });

  expect((await wrong.run(["user", "list"])).stderr.trimEnd().split("\n")).toEqual([
    "PORT must be a whole number from 0 to 65535.",
    expect.stringMatching(/^MONGODB_URI must begin with mongodb:/),
  ]);
});
