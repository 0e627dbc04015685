/**
 * An imported room read over REST, from the newest page to the oldest and back, and its words compared with the files, read by
 * themselves here. `PARLANCE_IRC_FOLDER` names a folder of more logs than the few days kept here; the times are then printed.
 */
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, it, jest } from "@jest/globals";
import { createAdmin } from "../../../tests/support/admin.js";
import { createClients, type TestUser } from "../../../tests/support/clients.js";
import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { startTestServer } from "../../../tests/support/server.js";
import type { Answer } from "../../protocol/endpoints/index.js";
import type { Entry } from "../../protocol/entries.js";

const FOLDER = resolve(process.env["PARLANCE_IRC_FOLDER"] ?? "tests/data/ubuntu-irc");
const JWT_SECRET = "a secret of the tests that is long enough";
const LIMIT = 200;

jest.setTimeout(600_000);

/** Who said what, by no code of the importer's: messages and actions in the order of the files. */
async function wordsOf(folder: string): Promise<string[]> {
  const words: string[] = [];
  const names = (await readdir(folder)).filter((name) => name.endsWith(".txt")).sort();
  for (const text of await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))) {
    for (const raw of text.split("\n")) {
      const line = raw.replaceAll(/(?!\t)\p{Control}/gu, "");
      const isOther = /^=== (mode\/|.*@.* has (joined|left) #|.* is now known as |\S+ was kicked off )/.test(line);
      const said = /^\[\d\d:\d\d\] <([^>]+)> (.+)$/.exec(line) ?? /^\[\d\d:\d\d\] -(\S+):#ubuntu- (.+)$/.exec(line);
      const did = isOther ? null : (/^\[\d\d:\d\d\] {2}\* (\S+)(.*)$/.exec(line) ?? /^=== (\S+) (.+)$/.exec(line));
      const nick = (said ?? did)?.[1]?.replaceAll(" ", "").toLowerCase();
      const what = (said ?? did)?.[2]?.trim() ?? "";
      const sign = what.includes("*") ? "_" : "*";
      if (what !== "") words.push(`${nick}: ${said === null ? `${sign}${what}${sign}` : what}`);
    }
  }
  return words;
}

/** All of a room's timeline, in the order in which it stands, however it was walked. */
async function walk(reader: TestUser, roomId: string, direction: "before" | "after"): Promise<Entry[]> {
  const pages: Entry[][] = [];
  for (let query = direction === "before" ? "" : "after=0&"; ;) {
    const path = `/rooms/${roomId}/messages?${query}limit=${LIMIT}` as const;
    const { messages, page } = (await reader.call<Answer<"listMessages">>("GET", path)).body;
    pages.push(messages);
    const next = page[direction];
    if (next === null) return (direction === "before" ? pages.reverse() : pages).flat();
    query = `${direction}=${next}&`;
  }
}

async function namesOf(reader: TestUser, userIds: readonly string[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (let from = 0; from < userIds.length; from += 100) {
    const path = `/users?ids=${userIds.slice(from, from + 100).join(",")}`;
    for (const { id, displayName } of (await reader.call<Answer<"listUsers">>("GET", path)).body.users)
      names.set(id, displayName.toLowerCase());
  }
  return names;
}

it("[L1] [L2] reads every imported word once and in order, from the newest to the oldest and back", async () => {
  const settings = { MONGODB_URI: testDatabaseUri(), JWT_SECRET };
  const admin = await createAdmin(settings);
  const account = { username: "ines", password: "correct horse battery" };
  await admin.run(["user", "create", account.username, "--password-stdin"], { input: account.password });
  const { stdout } = await admin.run(["import", "irc", FOLDER, "--room", "ubuntu"]);
  const server = await startTestServer(settings);
  const reader = await createClients(server).logIn(account);
  const [view] = (await reader.call<Answer<"listRooms">>("GET", "/rooms")).body.rooms;
  const { id = "", head = 0 } = view?.room ?? {};

  const startedAt = performance.now();
  const down = await walk(reader, id, "before");
  const turnedAt = performance.now();
  const up = await walk(reader, id, "after");
  const endedAt = performance.now();

  const seqs = down.map(({ seq }) => seq);
  expect(seqs).toEqual(Array.from({ length: head }, (_, index) => index + 1));
  expect(down.every(({ sentAt }, index) => sentAt >= (down[index - 1]?.sentAt ?? ""))).toBe(true);
  expect(up).toEqual(down);
  const names = await namesOf(reader, [...new Set(down.map(({ senderId }) => senderId))]);
  const words = down.flatMap((entry) =>
    entry.kind === "message" ? [`${names.get(entry.senderId)}: ${entry.text}`] : [],
  );
  expect(words).toEqual(await wordsOf(FOLDER));
  if (process.env["PARLANCE_IRC_FOLDER"] !== undefined) {
    const seconds = [turnedAt - startedAt, endedAt - turnedAt].map((ms) => `${(ms / 1_000).toFixed(1)} s`);
    console.log(
      `${stdout}${words.length} messages of ${head} entries; to the oldest ${seconds[0]}, back ${seconds[1]}`,
    );
  }
  await server.close();
});
