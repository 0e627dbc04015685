/** Imports on a real MongoDB: what they leave there, and what they refuse. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { createAdmin } from "../../../tests/support/admin.js";
import { createClients } from "../../../tests/support/clients.js";
import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { startTestServer } from "../../../tests/support/server.js";
import { createEntryStore } from "../../log/entry-store.js";
import type { Entry } from "../../protocol/entries.js";
import { foldCase } from "../../protocol/text.js";
import { withData, type Data } from "../open.js";
import { importIrc } from "./import-irc.js";
import type { Summary } from "./summary.js";
import type { Cli } from "../cli.js";
import { readConfig } from "../../infra/config.js";

const REAL = "tests/data/ubuntu-irc";
const JWT_SECRET = "a secret of the tests that is long enough";
const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A database with an admin in it, and a folder for log files. */
async function createWorld(uri = testDatabaseUri()) {
  const folder = await mkdtemp(join(tmpdir(), "parlance-import-"));
  folders.push(folder);
  const settings = { MONGODB_URI: uri, JWT_SECRET, DATA_DIR: folder };
  const admin = await createAdmin(settings);
  await admin.run(["user", "create", "ines", "--password-stdin"], { input: "correct horse battery\n" });
  const cli = {
    say: () => undefined,
    readConfig: () => readConfig({ ...settings, BCRYPT_COST: "4" }, folder),
    signal: new AbortController().signal,
  } as unknown as Cli;
  const withIt = <T>(work: (data: Data) => Promise<T>) => withData(cli, { command: "a test", access: "shared" }, work);

  return {
    uri,
    folder,
    admin,
    withIt,
    /** @returns the folder that the files are in */
    async files(contents: Record<string, string | Uint8Array>): Promise<string> {
      const logs = await mkdtemp(join(folder, "logs-"));
      for (const [name, content] of Object.entries(contents)) await writeFile(join(logs, name), content);
      return logs;
    },
    /** @param stopAt - breaks off before this line */
    import: (path: string, { room = "ubuntu", stopAt = Infinity } = {}): Promise<Summary> =>
      withIt((data) =>
        importIrc(data, {
          paths: [path],
          name: room,
          owner: null,
          topic: "",
          onProgress(done) {
            if (done >= stopAt) throw new Error("broken off");
          },
        }),
      ),
    command: (...args: string[]) => admin.run(["import", "irc", ...args]),
    read: (room = "ubuntu") => withIt((data) => readRoom(data, room)),
  };
}

/** All of a room, with usernames for ids. */
async function readRoom({ rooms, users, entries }: Data, name: string) {
  const room = await rooms.models[0].findOne({ nameKey: foldCase(name) }).lean();
  if (room === null) throw new Error(`There is no room ${name}.`);
  const accounts = await users.find().sort({ _id: 1 }).lean();
  const usernames = new Map(accounts.map(({ _id, username }) => [_id, username]));
  const named = (id: string) => usernames.get(id) ?? `nobody (${id})`;
  const log = (await createEntryStore(entries).range(room._id, { after: 0, limit: 100_000 })).map(({ entry }) => entry);
  const members = await rooms.membersOf(room._id);
  return { room, accounts, log, members, named };
}

type Read = Awaited<ReturnType<typeof readRoom>>;

/** One line an entry: "2004-12-25 09:14 ada: hi". */
function lines({ log, named }: Read): string[] {
  return log.map((entry) => {
    const when = entry.sentAt.slice(0, 16).replace("T", " ");
    if (entry.kind === "message") return `${when} ${named(entry.senderId)}: ${entry.text}`;
    if (entry.kind !== "join" && entry.kind !== "leave") return `${when} ${entry.kind}`;
    const by = entry.senderId === entry.userId ? "" : ` by ${named(entry.senderId)}`;
    return `${when} ${named(entry.userId)} ${entry.kind}s${by}`;
  });
}

/** What must be true of every room, whoever wrote it. */
function check({ room, log, members, named }: Read): void {
  const present = new Map<string, Entry>();
  const clientIds = new Set<string>();
  let before = "";
  for (const [index, entry] of log.entries()) {
    expect(entry.seq).toBe(index + 1);
    expect(entry.sentAt >= before).toBe(true);
    before = entry.sentAt;
    expect(named(entry.senderId)).not.toMatch(/^nobody/);
    clientIds.add(`${entry.senderId} ${entry.clientId}`);
    if (entry.kind === "join") {
      expect(present.has(entry.userId)).toBe(false);
      present.set(entry.userId, entry);
    } else {
      expect(present.has(entry.senderId)).toBe(true);
      if (entry.kind === "leave") expect(present.delete(entry.userId)).toBe(true);
    }
  }
  expect(clientIds.size).toBe(log.length);
  expect(log[0]).toMatchObject({ kind: "join", senderId: room.createdBy, userId: room.createdBy });
  expect(room.createdAt.toISOString()).toBe(log[0]?.sentAt);
  expect(room.memberCount).toBe(present.size);
  expect(new Map(members.map(({ userId, joinedAt, readSeq }) => [userId, { joinedAt, readSeq }]))).toEqual(
    new Map([...present].map(([userId, { sentAt, seq }]) => [userId, { joinedAt: sentAt, readSeq: seq }])),
  );
}

const SMALL = `[09:14] <ada> good morning
=== Grace [~grace@navy.mil]  has joined #ubuntu
[09:15]  * Grace waves
=== Grace is now known as grace|away
[09:14] <ada> late
=== mode/#ubuntu [+o ada]  by ChanServ
[09:16] <grace|away>
=== ada [~ada@engine.org]  has left #ubuntu ["bye"]
[09:17] <ada> back again
`;

describe("an import", () => {
  it("[L2] [L11] makes a room of lines, with their people, their day and their minute", async () => {
    const world = await createWorld();

    const summary = await world.import(await world.files({ "2004-12-25.txt": SMALL }));

    const read = await world.read();
    check(read);
    expect(lines(read)).toEqual([
      "2004-12-25 09:14 ines joins",
      "2004-12-25 09:14 ada joins",
      "2004-12-25 09:14 ada: good morning",
      "2004-12-25 09:14 grace joins",
      "2004-12-25 09:15 grace: *waves*",
      "2004-12-25 09:15 grace leaves",
      "2004-12-25 09:15 grace-away joins",
      "2004-12-25 09:15 ada: late",
      "2004-12-25 09:16 ada leaves",
      "2004-12-25 09:17 ada joins",
      "2004-12-25 09:17 ada: back again",
    ]);
    expect(read.members.map(({ userId, role }) => `${read.named(userId)} ${role}`)).toEqual([
      "ines owner",
      "grace-away member",
      "ada member",
    ]);
    expect(summary).toMatchObject({ files: 1, lines: 9, users: 3, messages: 4, joins: 4, impliedJoins: 2, leaves: 2 });
    expect(summary).toMatchObject({ renames: 1, clamped: 1, badBytes: 0, controls: 0, split: 0, linesBefore: 0 });
    expect([...summary.skipped]).toEqual([
      ["channel setting", 1],
      ["empty text", 1],
    ]);
  });

  it("mends bad bytes, takes control characters out, splits what is too long, and counts all of it", async () => {
    const world = await createWorld();
    const long = "long ".repeat(2_000).trim();
    const text = Buffer.from(`[09:14] <ada> caf\xe9 \x02bold\x02\n[09:15] <ada> ${long}\r\n`, "latin1");

    const summary = await world.import(await world.files({ "2004-12-25.txt": text }));

    const said = (await world.read()).log.flatMap((entry) => (entry.kind === "message" ? [entry.text] : []));
    expect(said[0]).toBe("café bold");
    expect(said.slice(1).join(" ")).toBe(long);
    expect(summary).toMatchObject({ badBytes: 1, controls: 2, split: 1, messages: 3 });
  });

  it("[L1] [L2] [L4] takes real days in, and a second run adds nothing", async () => {
    const world = await createWorld();

    const first = await world.import(REAL);
    const before = await world.read();
    const second = await world.import(REAL);
    const after = await world.read();

    check(before);
    expect(first).toMatchObject({ files: 3, lines: 3_700, linesBefore: 0 });
    expect(second).toMatchObject({ files: 3, lines: 3_700, linesBefore: 3_700, users: 0, messages: 0, joins: 0 });
    expect(after).toEqual({ ...before, named: expect.any(Function) });
  });

  it("[L4] goes on where it stopped or was broken off, as if it had never stopped", async () => {
    const [stopped, broken, whole] = [await createWorld(), await createWorld(), await createWorld()];
    const name = "2015-08-10.txt";
    const text = await readFile(join(REAL, name), "utf8");
    const half = `${text.split("\n").slice(0, 640).join("\n")}\n`;
    await whole.import(join(REAL, name));
    const expected = await whole.read();
    const ids = ({ log }: Read) => log.slice(1).map(({ clientId }) => clientId);

    await stopped.import(await stopped.files({ [name]: half }));
    await expect(broken.import(join(REAL, name), { stopAt: 1_000 })).rejects.toThrow("broken off");
    const goneOn = [await stopped.import(join(REAL, name)), await broken.import(join(REAL, name))];

    expect(goneOn[0]?.linesBefore).toBe(640);
    expect(goneOn[1]?.linesBefore).toBeGreaterThan(0);
    expect(goneOn[1]?.linesBefore).toBeLessThan(1_100);
    for (const read of [await stopped.read(), await broken.read()]) {
      check(read);
      expect(lines(read)).toEqual(lines(expected));
      expect(ids(read)).toEqual(ids(expected));
    }
  });

  it("[L4] refuses days that were missed, rather than calling them there already", async () => {
    const world = await createWorld();
    const day = (word: string) => `[09:14] <ada> ${word}\n`;
    await world.import(await world.files({ "2004-12-25.txt": day("second"), "2004-12-26.txt": day("third") }));
    const all = { "2004-12-24.txt": day("first"), "2004-12-25.txt": day("second"), "2004-12-26.txt": day("third") };

    const refused = await world.command(await world.files(all), "--room", "ubuntu");

    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/2004-12-24\.txt: Its lines are not in the room ubuntu, .* Leave it out, or import/);
    expect((await world.read()).log).toHaveLength(4);
  });

  it("[L4] knows nicks again that begin with any character", async () => {
    const world = await createWorld();
    const logs = await world.files({ "2004-12-25.txt": "[09:14] <\u{1F600}ada> hi\n" });
    await world.import(logs);

    const again = await world.import(logs);

    expect(again).toMatchObject({ users: 0, messages: 0, linesBefore: 1 });
    expect((await world.read()).log).toHaveLength(3);
  });

  it("takes no line of a moment that is yet to come", async () => {
    const world = await createWorld();
    const today = new Date().toISOString().slice(0, 10);
    // Twelve hours before midnight, and then a step back of more than six: the next half-day, and so on.
    const logs = await world.files({
      [`${today}.txt`]: "[00:00] <ada> now\n[23:59] <ada> later\n[00:01] <ada> tomorrow\n",
    });

    const { code, stderr } = await world.command(logs, "--room", "ubuntu");

    expect(code).toBe(1);
    expect(stderr).toMatch(/txt, line [23]: It is of .*, which is yet to come \(times are taken as UTC\)/);
  });

  it("goes on with later days, in which the same nick is the same account", async () => {
    const world = await createWorld();
    await world.import(await world.files({ "2004-12-25.txt": "[09:14] <Ada> first\n" }));

    const summary = await world.import(
      await world.files({ "2004-12-26.txt": "[09:14] <ada> second\n[09:15] <ADA_> third\n" }),
    );

    const read = await world.read();
    check(read);
    expect(summary).toMatchObject({ users: 1, messages: 2, joins: 1 });
    expect(lines(read).slice(2)).toEqual([
      "2004-12-25 09:14 ada: first",
      "2004-12-26 09:14 ada: second",
      "2004-12-26 09:15 ada-2 joins",
      "2004-12-26 09:15 ada-2: third",
    ]);
  });

  it("is a room like any other once a server runs: one logs in, joins, reads and speaks on", async () => {
    const world = await createWorld();
    await world.import(await world.files({ "2004-12-25.txt": SMALL }));
    const server = await startTestServer({ MONGODB_URI: world.uri, JWT_SECRET });
    const clients = createClients(server);
    const ines = await clients.logIn({ username: "ines", password: "correct horse battery" });
    const { room, log, accounts } = await world.read();
    const newcomer = await clients.registerUser();
    await newcomer.call("POST", `/rooms/${room._id}/join`);

    const sent = await newcomer.call<Entry>("POST", `/rooms/${room._id}/messages`, { text: "Hello from today." });
    const page = await newcomer.call<{ messages: Entry[] }>("GET", `/rooms/${room._id}/messages`);
    const ada = accounts.find(({ username }) => username === "ada")?._id;
    const removed = await ines.call("DELETE", `/rooms/${room._id}/members/${ada}`);

    expect(sent.body.seq).toBe(log.length + 2);
    expect(page.body.messages.slice(0, log.length)).toEqual(log);
    expect(removed.status).toBe(204);
    await server.close();
  });
});

describe("an imported account", () => {
  it("cannot be logged in to and cannot be had again, and says where it is from", async () => {
    const world = await createWorld();
    await world.import(await world.files({ "2004-12-25.txt": "[09:14] <|Ada-> hi\n" }));
    const { accounts } = await world.read();
    const server = await startTestServer({ MONGODB_URI: world.uri, JWT_SECRET });
    const clients = createClients(server);
    const register = { username: "ada", password: "correct horse battery" };

    const login = await clients.refusal("POST", "/auth/login", { body: { username: "ada", password: "ada" } });
    const registration = await clients.refusal("POST", "/auth/register", { body: register });

    expect(login).toEqual({ status: 401, code: "invalid_credentials" });
    expect(registration).toMatchObject({ status: 409, code: "username_taken" });
    expect(accounts.find(({ username }) => username === "ada")).toMatchObject({
      displayName: "|Ada-",
      imported: "irc:|ada-",
      role: "member",
      createdAt: new Date("2004-12-25T09:14:00.000Z"),
    });
    await server.close();
  });

  it("is active once somebody was handed it, may own a room then, and stays the nick's", async () => {
    const world = await createWorld();
    const logs = await world.files({ "2004-12-25.txt": "[09:14] <ada> hi\n" });
    await world.import(logs);
    const state = async () => /^ada .*?(imported|active)/m.exec((await world.admin.run(["user", "list"])).stdout)?.[1];

    const before = await state();
    await world.admin.run(["user", "password", "ada", "--generate"]);
    const again = await world.import(logs);
    const owning = await world.command(logs, "--room", "another", "--owner", "ada");

    expect([before, await state()]).toEqual(["imported", "active"]);
    expect(again).toMatchObject({ users: 0, messages: 0 });
    expect(owning.code).toBe(0);
  });

  it("is no admin who can look after a server", async () => {
    const world = await createWorld();
    await world.import(await world.files({ "2004-12-25.txt": "[09:14] <ada> hi\n" }));
    await world.admin.run(["user", "role", "ada", "admin"]);

    const { stderr } = await world.admin.run(["user", "role", "ines", "member"]);

    expect(stderr).toContain("No active admin is left.");
  });

  it("gets another name than somebody who is here already", async () => {
    const world = await createWorld();

    await world.import(await world.files({ "2004-12-25.txt": "[09:14] <Ines> not the admin\n" }));

    expect(lines(await world.read()).at(-1)).toBe("2004-12-25 09:14 ines-2: not the admin");
  });
});

describe("the command", () => {
  it("tells what it did", async () => {
    const world = await createWorld();
    const logs = await world.files({ "2004-12-25.txt": SMALL });

    const first = await world.command(logs, "--room", "ubuntu", "--owner", "ines", "--topic", "Old days");
    const second = await world.command(logs, "--room", "Ubuntu");

    expect(first).toEqual({ code: 0, stdout: expect.any(String), stderr: "" });
    expect(first.stdout).toMatch(/^1 file, 9 lines, in \d+\.\d s\.\n/);
    expect(first.stdout).toContain(
      "Into ubuntu: 4 messages, 4 joins (2 of people who only spoke), 2 leaves; 1 rename among them. 3 new accounts.\n",
    );
    expect(first.stdout).toContain("Skipped: 1 channel setting, 1 empty text.\n");
    expect(first.stdout).toContain("Mended: 1 line clamped to the moment before.\n");
    expect(second.stdout).toContain("1 file, 9 lines, 9 of them there already");
    expect(second.stdout).toContain("Nothing was new in Ubuntu.\n");
    expect((await world.read()).room.topic).toBe("Old days");
  });

  it("is refused in one line while a server runs on the same data", async () => {
    const world = await createWorld();
    const logs = await world.files({ "2004-12-25.txt": SMALL });
    const server = await startTestServer({ MONGODB_URI: world.uri, JWT_SECRET });

    const refused = await world.command(logs, "--room", "ubuntu");
    await server.close();
    const done = await world.command(logs, "--room", "ubuntu");

    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr.trim().split("\n")).toHaveLength(1);
    expect(refused.stderr).toMatch(/server/i);
    expect(done.code).toBe(0);
  });

  it("refuses a room that has newer entries, and adds nothing to it", async () => {
    const world = await createWorld();
    await world.import(await world.files({ "2004-12-25.txt": SMALL }));

    const refused = await world.command(await world.files({ "2004-12-24.txt": SMALL }), "--room", "ubuntu");

    expect(refused.stderr).toBe(
      "The room ubuntu has entries of 2004-12-25, and the first line to import is of 2004-12-24: old lines cannot go in before newer ones. Name another room.\n",
    );
    expect((await world.read()).log).toHaveLength(11);
  });

  it("refuses an archived room", async () => {
    const world = await createWorld();
    await world.import(await world.files({ "2004-12-25.txt": SMALL }));
    await world.withIt(async ({ rooms }) => await rooms.models[0].updateOne({}, { $set: { archivedAt: new Date() } }));

    const refused = await world.command(await world.files({ "2004-12-26.txt": SMALL }), "--room", "ubuntu");

    expect(refused.stderr).toContain("The room ubuntu is archived");
  });

  it("wants an owner for a new room: an admin, or somebody who is named", async () => {
    const world = await createWorld();
    const logs = await world.files({ "2004-12-25.txt": SMALL });
    await world.import(logs, { room: "first" });

    const stranger = await world.command(logs, "--room", "ubuntu", "--owner", "nobody");
    const imported = await world.command(logs, "--room", "ubuntu", "--owner", "ada");
    await world.withIt(async ({ users }) => await users.updateOne({ username: "ada" }, { $set: { role: "admin" } }));
    await world.admin.run(["user", "deactivate", "ines"]);
    const away = await world.command(logs, "--room", "ubuntu", "--owner", "ines");
    const nobody = await world.command(logs, "--room", "ubuntu");
    await world.admin.run(["user", "reactivate", "ines"]);
    await world.withIt(async ({ users }) => await users.updateMany({}, { $set: { role: "member" } }));
    const none = await world.command(logs, "--room", "ubuntu");
    const named = await world.command(logs, "--room", "ubuntu", "--owner", "Ines");

    expect(stranger.stderr).toBe("--owner nobody: Nobody of this username can log in here.\n");
    expect(imported.stderr).toBe("--owner ada: Nobody of this username can log in here.\n");
    expect(away.stderr).toBe("--owner ines: Nobody of this username can log in here.\n");
    for (const { stderr } of [nobody, none])
      expect(stderr).toMatch(/^The room needs an owner, and there is no admin who can log in: .*--owner\.\n$/);
    expect(named.code).toBe(0);
  });

  it("refuses files that it cannot take, each with its reason, before anything is written", async () => {
    const world = await createWorld();
    const logs = await world.files({
      "notes.txt": "[09:14] <ada> hi\n",
      "2004-02-31.txt": "[09:14] <ada> hi\n",
      "2004-12-25.txt": "Dear diary\n",
      "2999-01-01.txt": "[09:14] <ada> hi\n",
    });
    const twins = await world.files({ "2004-12-25.txt": SMALL });
    const empty = join(world.folder, "empty");
    await mkdir(empty);
    const refusal = async (...paths: string[]) => (await world.command(...paths, "--room", "ubuntu")).stderr;

    expect(await refusal(join(logs, "notes.txt"))).toMatch(/notes\.txt: Its name must hold the day/);
    expect(await refusal(join(logs, "2004-02-31.txt"))).toMatch(/Its name must hold the day/);
    expect(await refusal(join(logs, "2004-12-25.txt"))).toMatch(/No line of it looks like/);
    expect(await refusal(join(logs, "2999-01-01.txt"))).toMatch(/Its day is yet to come/);
    expect(await refusal(join(logs, "2004-12-25.txt"), twins)).toMatch(/have the same name/);
    expect(await refusal(empty)).toMatch(/This folder has no \.txt files/);
    expect(await refusal(join(logs, "none.txt"))).toMatch(/There is no such file or folder/);
    expect((await world.command(twins, "--room", " ")).stderr).toBe('--room " ": Must not be empty.\n');
    await expect(world.read()).rejects.toThrow("There is no room ubuntu.");
  });
});
