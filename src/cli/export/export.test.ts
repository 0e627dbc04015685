import { beforeAll, expect, it } from "@jest/globals";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAdmin, type Admin } from "../../../tests/support/admin.js";
import { createClients, type Clients, type TestUser } from "../../../tests/support/clients.js";
import { startTestServer } from "../../../tests/support/server.js";
import { entrySchema } from "../../protocol/entries.js";
import { roomSchema, userSchema } from "../../protocol/shapes.js";
import type { ExportLine } from "./lines.js";

let clients: Clients;
let ada: TestUser;
let grace: TestUser;
let roomId: string;
let admin: Admin;

beforeAll(async () => {
  const server = await startTestServer();
  clients = createClients(server);
  ada = await clients.registerUser("ada");
  grace = await clients.registerUser("grace");
  roomId = (await ada.createRoom("public", "Straße")).room.id;
  await grace.call("POST", `/rooms/${roomId}/join`);
  const socket = await ada.connect();
  for (let n = 1; n <= 620; n += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => socket.send(roomId, `line ${n + index}\n"quoted" 🎉`)));
  }
  await ada.call("PATCH", `/rooms/${roomId}`, { topic: "exports" });
  await grace.call("POST", `/rooms/${roomId}/leave`);
  admin = await createAdmin({ MONGODB_URI: server.uri });
});

const parse = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ExportLine);

it("writes room, users before they are named, every entry as the API shows it, and an end", async () => {
  const { code, stdout } = await admin.run(["export", "room", roomId]);

  const lines = parse(stdout);
  const entries = lines.flatMap((line) => (line.type === "entry" ? [line.entry] : []));
  const logged = [];
  for (let after = 0; ;) {
    const { body } = await ada.call<{ entries: { seq: number }[] }>(
      "GET",
      `/rooms/${roomId}/log?after=${after}&limit=200`,
    );
    if (body.entries.length === 0) break;
    logged.push(...body.entries);
    after = body.entries.at(-1)?.seq ?? 0;
  }
  expect(code).toBe(0);
  expect(entries).toEqual(logged);
  expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 624 }, (_, index) => index + 1));
  for (const entry of entries) expect(entrySchema.parse(entry)).toEqual(entry);
  expect(lines[0]).toMatchObject({ type: "room", room: { id: roomId, name: "Straße", head: 624, topic: "exports" } });
  expect(lines.at(-1)).toEqual({ type: "end", entries: 624 });
  const known = new Set<string>();
  for (const line of lines) {
    if (line.type === "room") expect(roomSchema.parse(line.room)).toEqual(line.room);
    if (line.type === "user") known.add(userSchema.parse(line.user).id);
    if (line.type === "entry") expect(known).toContain(line.entry.senderId);
  }
  expect(lines.filter(({ type }) => type === "user")).toHaveLength(2);
});

it("finds a room by its name, whatever the case, and writes a file for oneself alone", async () => {
  const byId = await admin.run(["export", "room", roomId]);

  const byName = await admin.run(["export", "room", "STRAßE", "room.jsonl"]);

  const path = join(admin.folder, "room.jsonl");
  expect(byName).toEqual({ code: 0, stdout: `Exported 624 entries of Straße into ${path}.\n`, stderr: "" });
  expect(await readFile(path, "utf8")).toBe(byId.stdout);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(admin.folder)).not.toContain("room.jsonl.part");
});

it("does not replace a file without --force", async () => {
  await writeFile(join(admin.folder, "mine"), "precious");

  const refused = await admin.run(["export", "room", roomId, "mine"]);
  const forced = await admin.run(["export", "room", roomId, "mine", "--force"]);

  expect(refused.stderr).toBe(
    `${join(admin.folder, "mine")} is there already. Choose another name, or replace it with --force.\n`,
  );
  expect([refused.code, forced.code]).toEqual([1, 0]);
});

it("says that there is no such room, and which of several is meant", async () => {
  const first = (await ada.createRoom("private", "twins")).room.id;
  const second = (await ada.createRoom("private", "Twins")).room.id;

  const none = await admin.run(["export", "room", "nowhere"]);
  const several = await admin.run(["export", "room", "twins"]);

  expect(none).toEqual({ code: 1, stdout: "", stderr: "There is no room of the name or id nowhere.\n" });
  expect(several.code).toBe(1);
  expect(several.stderr).toContain(`${first} (private)`);
  expect(several.stderr).toContain(`${second} (private)`);
});
