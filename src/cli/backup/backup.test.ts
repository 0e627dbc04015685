import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAdmin, type Admin } from "../../../tests/support/admin.js";
import { createClients, type TestUser } from "../../../tests/support/clients.js";
import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { startTestServer, type TestServer } from "../../../tests/support/server.js";
import { dumpDatabase, logProblems, withDatabase } from "../../../tests/support/dumps.js";

const SECRET = "a secret of the tests alone, and no other's";
let server: TestServer;
let ada: TestUser;
let grace: TestUser;
let roomId: string;
let source: Admin;

beforeAll(async () => {
  server = await startTestServer({ JWT_SECRET: SECRET });
  const clients = createClients(server);
  ada = await clients.registerUser("ada");
  grace = await clients.registerUser("grace");
  roomId = (await ada.createRoom("public")).room.id;
  await grace.call("POST", `/rooms/${roomId}/join`);
  for (let n = 1; n <= 20; n++) await ada.call("POST", `/rooms/${roomId}/messages`, { text: `ünïcode ${n} 🎉` });
  source = await createAdmin({ MONGODB_URI: server.uri, JWT_SECRET: SECRET });
});

/** A data directory and a database that nobody has used. */
const emptyTarget = async (settings: Record<string, string> = {}) => {
  const uri = settings["MONGODB_URI"] ?? testDatabaseUri();
  return { uri, admin: await createAdmin({ MONGODB_URI: uri, JWT_SECRET: SECRET, ...settings }) };
};

const historyIdOf = async (uri: string) =>
  await withDatabase(
    uri,
    async (db) => (await db.collection("settings").findOne({ _id: "history" as never }))?.["historyId"],
  );

describe("backup and restore", () => {
  it("bring back users, rooms, memberships and log byte for byte, under a new historyId and without sessions", async () => {
    const file = join(source.folder, "whole.parlance");
    const backedUp = await source.run(["backup", "whole.parlance"]);
    const { uri, admin } = await emptyTarget();

    const restored = await admin.run(["restore", file]);

    expect(backedUp.stdout).toMatch(
      /^Backed up 2 users, 1 room, 22 messages into \S+whole\.parlance \(\d\.\d kB\)\.\n$/,
    );
    expect(restored).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Restored 2 users, 1 room, 22 messages, as of 20/),
    });
    const [before, after] = [await dumpDatabase(server.uri), await dumpDatabase(uri)];
    for (const collection of ["messages", "rooms", "memberships", "users"]) {
      expect(before[collection]?.length).toBeGreaterThan(0);
      expect(after[collection]).toEqual(before[collection]);
    }
    expect(before["sessions"]).toHaveLength(2);
    expect(after["sessions"] ?? []).toEqual([]);
    expect(await historyIdOf(uri)).toMatch(/^[0-9a-f-]{36}$/);
    expect(await historyIdOf(uri)).not.toBe(await historyIdOf(server.uri));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("[L4] give a server that serves them, in which a repeat from before is still a repeat", async () => {
    const clientId = "0c1d6b0e-6f0b-4d2c-9a52-0123456789ab";
    const first = await ada.call("POST", `/rooms/${roomId}/messages`, { text: "once", clientId });
    await source.run(["backup", "repeats.parlance"]);
    const { uri, admin } = await emptyTarget();
    await admin.run(["restore", join(source.folder, "repeats.parlance")]);

    const second = await startTestServer({ MONGODB_URI: uri, JWT_SECRET: SECRET });
    const again = await createClients(second).logIn(ada);
    const repeated = await again.call("POST", `/rooms/${roomId}/messages`, { text: "once", clientId });

    expect(repeated).toMatchObject({ status: 200, body: first.body });
  });

  it("carry the generated secret along, and say when the one in use is another", async () => {
    const data = await emptyTarget({ JWT_SECRET: "" });
    await data.admin.run(["user", "create", "ada", "--generate"]);
    const backedUp = await data.admin.run(["backup", "secret.parlance"]);
    const file = join(data.admin.folder, "secret.parlance");
    const other = await emptyTarget({ JWT_SECRET: "" });
    const set = await emptyTarget();

    const carried = await other.admin.run(["restore", file]);
    const differing = await set.admin.run(["restore", file]);

    const secretOf = (admin: Admin) => readFile(join(admin.folder, "jwt-secret"), "utf8");
    expect(await secretOf(other.admin)).toBe(await secretOf(data.admin));
    expect((await stat(join(other.admin.folder, "jwt-secret"))).mode & 0o777).toBe(0o600);
    expect(backedUp.stderr).toContain("the server's secret");
    expect(carried.stderr).not.toContain("client_id_reused");
    expect(differing.stderr).toContain("client_id_reused");
    expect((await readFile(file)).includes(await secretOf(data.admin))).toBe(false);
  });

  it("[L1] [L11] show one moment, however much is sent, joined and left meanwhile", async () => {
    const busy = await startTestServer({ JWT_SECRET: SECRET });
    const clients = createClients(busy);
    const people = await Promise.all(["a", "b", "c", "d"].map((name) => clients.registerUser(`${name}${name}`)));
    const [owner, ...guests] = people as [TestUser, ...TestUser[]];
    const rooms = await Promise.all([1, 2, 3].map(async () => (await owner.createRoom("public")).room.id));
    const writes = { sent: 0, going: true };
    const writing = [
      ...rooms.map(async (room) => {
        for (; writes.going; writes.sent++)
          await owner.call("POST", `/rooms/${room}/messages`, { text: "x".repeat(500) });
      }),
      ...guests.map(async (guest) => {
        while (writes.going)
          for (const room of rooms) {
            await guest.call("POST", `/rooms/${room}/join`);
            await guest.call("POST", `/rooms/${room}/leave`);
          }
      }),
    ];
    const admin = await createAdmin({ MONGODB_URI: busy.uri, JWT_SECRET: SECRET });
    const backups: string[] = [];
    for (let n = 0; n < 6; n++) {
      const before = writes.sent;
      const { code, stderr } = await admin.run(["backup", `busy${n}`]);
      expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      expect(writes.sent).toBeGreaterThan(before);
      backups.push(join(admin.folder, `busy${n}`));
    }
    writes.going = false;
    await Promise.all(writing);

    for (const file of backups) {
      const target = await emptyTarget();
      await target.admin.run(["restore", file]);
      expect(await logProblems(target.uri)).toEqual([]);
    }
  });
});

describe("backup", () => {
  it("does not replace a file without --force, and leaves nothing half written", async () => {
    await writeFile(join(source.folder, "mine"), "precious");

    const refused = await source.run(["backup", "mine"]);
    const untouched = await readFile(join(source.folder, "mine"), "utf8");
    const forced = await source.run(["backup", "mine", "--force"]);

    expect(refused).toEqual({
      code: 1,
      stdout: "",
      stderr: `${source.folder}/mine is there already. Choose another name, or replace it with --force.\n`,
    });
    expect(untouched).toBe("precious");
    expect(forced.code).toBe(0);
    expect((await readdir(source.folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("made twice at once leaves one whole file", async () => {
    const outcomes = await Promise.all([1, 2].map(() => source.run(["backup", "twice", "--force"])));

    expect(outcomes.map(({ code, stderr }) => (code === 0 ? "" : stderr))).toEqual(["", ""]);
    expect((await readdir(source.folder)).filter((name) => name.startsWith("twice"))).toEqual(["twice"]);
    const { admin } = await emptyTarget();
    expect(await admin.run(["restore", join(source.folder, "twice")])).toMatchObject({ code: 0 });
  });

  it("says in one line that a folder is not there", async () => {
    const { code, stderr } = await source.run(["backup", "nowhere/backup"]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/nowhere\/backup cannot be written \(ENOENT/);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("that is interrupted leaves no file", async () => {
    const interrupt = new AbortController();
    interrupt.abort();

    const { code, stderr } = await source.run(["backup", "interrupted"], { signal: interrupt.signal });

    expect({ code, stderr }).toEqual({ code: 1, stderr: "Interrupted.\n" });
    expect((await readdir(source.folder)).filter((name) => name.startsWith("interrupted"))).toEqual([]);
  });
});

describe("restore refuses", () => {
  let file: string;
  let bytes: Buffer;
  let target: Awaited<ReturnType<typeof emptyTarget>>;

  beforeAll(async () => {
    await source.run(["backup", "good.parlance"]);
    file = join(source.folder, "good.parlance");
    bytes = await readFile(file);
    target = await emptyTarget();
    await target.admin.run(["user", "create", "there", "--generate"]);
  });

  const withByte = (at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  const withHeader = (change: object) => {
    const end = bytes.indexOf("\n", 16);
    const header = { ...(JSON.parse(bytes.subarray(16, end).toString()) as object), ...change };
    return Buffer.concat([bytes.subarray(0, 16), Buffer.from(JSON.stringify(header)), bytes.subarray(end)]);
  };

  it.each<[string, () => Buffer, RegExp]>([
    ["a file whose end is missing", () => bytes.subarray(0, -1), /is cut off: its end is missing/],
    ["half a file", () => bytes.subarray(0, bytes.length / 2), /is cut off: its end is missing/],
    ["a file cut in its header", () => bytes.subarray(0, 60), /is cut off/],
    ["a file cut in its first line", () => bytes.subarray(0, 5), /is cut off/],
    ["a changed byte", () => withByte(Math.floor(bytes.length / 2)), /is damaged: its checksum does not fit/],
    ["a changed header", () => withHeader({ counts: { users: 1 } }), /is damaged: its checksum does not fit/],
    ["something behind the end", () => Buffer.concat([bytes, Buffer.from("more")]), /is cut off/],
    ["an empty file", () => Buffer.alloc(0), /is no backup of Parlance/],
    ["some other file", () => Buffer.from("PK\u0003\u0004 something else entirely"), /is no backup of Parlance/],
    [
      "a header that is none",
      () => Buffer.concat([bytes.subarray(0, 16), Buffer.from("{}\n"), bytes]),
      /its header cannot be read/,
    ],
    [
      "a newer format",
      () => withHeader({ format: 2, version: "9.1.0" }),
      /was made by Parlance 9\.1\.0 in a newer format \(2; this one reads 1\)\. Upgrade Parlance first\./,
    ],
  ])("%s, in one line, and changes nothing", async (_what, content, line) => {
    const before = await dumpDatabase(target.uri);
    await writeFile(join(source.folder, "bad"), content());

    const outcome = await target.admin.run(["restore", join(source.folder, "bad"), "--replace", "--yes"]);

    expect(outcome).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(line) });
    expect(outcome.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(await dumpDatabase(target.uri)).toEqual(before);
  });

  it("what is not there, and a folder", async () => {
    await mkdir(join(source.folder, "folder"));

    expect((await target.admin.run(["restore", "missing"])).stderr).toMatch(/^There is no file \S+missing\.\n$/);
    expect((await target.admin.run(["restore", join(source.folder, "folder")])).stderr).toMatch(
      /folder is no file\.\n$/,
    );
  });

  it("a database that is not empty, unless it may be replaced and a person says so", async () => {
    const before = await dumpDatabase(target.uri);
    const run = (options: readonly string[], answers?: readonly string[]) =>
      target.admin.run(["restore", file, ...options], answers === undefined ? {} : { answers });

    const plain = await run([]);
    const unasked = await run(["--replace"]);
    const declined = await run(["--replace"], ["no"]);

    expect(plain.stderr).toBe(
      "The database is not empty (1 user, 0 rooms, 0 messages). With --replace the backup takes the place of all that, which is then lost.\n",
    );
    expect(unasked.stderr).toMatch(/there is no terminal to ask\. Add --yes if all that may be lost\.\n$/);
    expect(declined.stderr).toMatch(/Nothing was changed\.\n$/);
    expect([plain.code, unasked.code, declined.code]).toEqual([1, 1, 1]);
    expect(await dumpDatabase(target.uri)).toEqual(before);

    const agreed = await run(["--replace"], ["replace"]);

    expect(agreed.code).toBe(0);
    expect((await dumpDatabase(target.uri))["messages"]).toEqual((await dumpDatabase(server.uri))["messages"]);
  });

  it("while a server runs on the database, naming it", async () => {
    const { code, stdout, stderr } = await source.run(["restore", file, "--replace", "--yes"]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      new RegExp(
        `^The server at ${server.url} \\(process ${process.pid} on .+\\) uses this database .*restore needs it alone\\. Stop it first`,
      ),
    );
  });
});

describe("a restore that was interrupted", () => {
  beforeEach(async () => {
    await source.run(["backup", "again.parlance", "--force"]);
  });
  const mark = (uri: string, phase: string) =>
    withDatabase(uri, (db) =>
      db
        .collection("settings")
        .insertOne({ _id: "restore" as never, file: "/some/file", startedAt: new Date(), phase }),
    );

  it("while it changed things keeps a server and other commands from the data, until it is run again", async () => {
    const { uri, admin } = await emptyTarget();
    await admin.run(["user", "create", "there", "--generate"]);
    await mark(uri, "switching");

    const start = startTestServer({ MONGODB_URI: uri, JWT_SECRET: SECRET });
    await expect(start).rejects.toThrow(
      /The restore of \/some\/file, begun at .*, was not finished. Run it again: until then the data is incomplete/,
    );
    const command = await admin.run(["user", "list"]);
    const abandoned = await admin.run(["restore", "--abandon"]);
    const again = await admin.run(["restore", join(source.folder, "again.parlance")]);

    expect(command).toMatchObject({ code: 1, stderr: expect.stringContaining("was not finished") });
    expect(abandoned.stderr).toMatch(/can only be run again/);
    expect(again.code).toBe(0);
    expect(await logProblems(uri)).toEqual([]);
    await (await startTestServer({ MONGODB_URI: uri, JWT_SECRET: SECRET })).close();
  });

  it("while the secret was to be kept is one that was not finished", async () => {
    const generated = await emptyTarget({ JWT_SECRET: "" });
    await generated.admin.run(["user", "create", "ada", "--generate"]);
    await generated.admin.run(["backup", "with-secret"]);
    const { uri, admin } = await emptyTarget({ JWT_SECRET: "" });
    await mkdir(join(admin.folder, "jwt-secret.new"));

    const failed = await admin.run(["restore", join(generated.admin.folder, "with-secret")]);
    const start = startTestServer({ MONGODB_URI: uri, DATA_DIR: admin.folder, JWT_SECRET: "" });
    await expect(start).rejects.toThrow(/was not finished/);
    await rm(join(admin.folder, "jwt-secret.new"), { recursive: true });
    const again = await admin.run(["restore", join(generated.admin.folder, "with-secret")]);

    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed.stderr).toMatch(/the backup's secret cannot be kept in .* Mend that, and run the restore again\.\n$/);
    expect(again.code).toBe(0);
    const secretOf = (folder: string) => readFile(join(folder, "jwt-secret"), "utf8");
    expect(await secretOf(admin.folder)).toBe(await secretOf(generated.admin.folder));
  });

  it("keeps the list of who uses the database all the while, so that nobody comes in", async () => {
    const { uri, admin } = await emptyTarget();

    const { code } = await admin.run(["restore", join(source.folder, "again.parlance")]);

    const listed = await withDatabase(uri, (db) => db.listCollections({ name: "servers" }).toArray());
    expect(code).toBe(0);
    expect(listed).toHaveLength(1);
  });

  it("before it changed anything can be taken back", async () => {
    const { uri, admin } = await emptyTarget();
    await admin.run(["user", "create", "there", "--generate"]);
    const before = await dumpDatabase(uri);
    await mark(uri, "loading");
    await withDatabase(uri, (db) => db.collection("restoring_users").insertOne({}));

    const start = startTestServer({ MONGODB_URI: uri, JWT_SECRET: SECRET });
    await expect(start).rejects.toThrow(/restore --abandon/);
    const { code } = await admin.run(["restore", "--abandon"]);

    expect(code).toBe(0);
    expect({ settings: [], ...(await dumpDatabase(uri)) }).toEqual({ settings: [], ...before });
    await (await startTestServer({ MONGODB_URI: uri, JWT_SECRET: SECRET })).close();
  });

  it("by Ctrl-C while it loads leaves everything as it was", async () => {
    const { uri, admin } = await emptyTarget();
    await admin.run(["user", "create", "there", "--generate"]);
    const before = await dumpDatabase(uri);
    const interrupt = new AbortController();

    const { code, stderr } = await admin.run(["restore", join(source.folder, "again.parlance"), "--replace"], {
      answers: ["replace"],
      signal: interrupt.signal,
      onProgress: (label) => label === "Restoring" && interrupt.abort(),
    });

    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/Interrupted\.\n$/) });
    expect({ settings: [], ...(await dumpDatabase(uri)) }).toEqual({ settings: [], ...before });
  });
});
