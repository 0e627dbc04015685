/** The example bot, as a newcomer starts it: it answers each thing once, whatever becomes of its server. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNodeChatClient } from "../../client/sdk/node/index.js";
import type { ChatClient } from "../../client/sdk/types.js";
import { choosePort } from "../../src/infra/database/embedded/state.js";
import { testDatabaseUri } from "../support/mongod/index.js";
import { startServerProcess, type ServerProcess } from "./server-process.js";
import { until } from "./until.js";

const PASSWORD = "correct horse battery staple";
const ROOM = "Harbour";

let settings: { PORT: string; DATA_DIR: string; MONGODB_URI: string };
let server: ServerProcess;
const clients: ChatClient[] = [];
const bots = new Set<ChildProcess>();

const url = () => `http://127.0.0.1:${settings.PORT}`;

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "parlance-bot-"));
  settings = { PORT: String(await choosePort(0)), DATA_DIR: dataDir, MONGODB_URI: testDatabaseUri() };
  server = await startServerProcess(settings);
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.close();
  await Promise.all([...bots].map(stop));
  await server.stop();
  await rm(settings.DATA_DIR, { recursive: true, force: true });
}, 60_000);

async function person(username: string): Promise<ChatClient> {
  const client = createNodeChatClient({ url: url() });
  clients.push(client);
  await client.register({ username, password: PASSWORD });
  await client.ready();
  return client;
}

/** Starts the bot with the command of its first lines, and waits until it is in the room. */
async function startBot(): Promise<ChildProcess> {
  const bot = spawn(process.execPath, ["--import", "tsx", "examples/bot.ts"], {
    cwd: new URL("../..", import.meta.url),
    env: { ...process.env, PARLANCE_URL: url(), BOT_USERNAME: "echo-bot", BOT_PASSWORD: PASSWORD, BOT_ROOM: ROOM },
    stdio: ["ignore", "pipe", "inherit"],
  });
  bots.add(bot);
  await new Promise<void>((resolve, reject) => {
    bot.stdout?.on("data", (text: Buffer) => {
      if (text.toString().includes(`echo-bot is in ${ROOM}.`)) resolve();
    });
    bot.once("exit", (code) => reject(new Error(`The bot ended with ${code}.`)));
  });
  return bot;
}

async function stop(bot: ChildProcess): Promise<void> {
  if (!bots.delete(bot) || bot.exitCode !== null) return;
  const ended = once(bot, "exit");
  bot.kill("SIGKILL");
  await ended;
}

it("[L4] greets and echoes each once: two of it at a time, over a killed server, and started anew", async () => {
  const ada = await person("ada");
  const { room } = await ada.createRoom({ name: ROOM, kind: "public" });
  await until(ada, () => ada.getState().rooms?.has(room.id) === true);
  const words: string[] = [];
  ada.onEntry((entry) => {
    if (entry.kind === "message" && !entry.text.startsWith("!echo")) words.push(entry.text);
  });
  const answered = (text: string) => until(ada, () => words.includes(text));
  const ask = async (text: string) => {
    ada.send(room.id, `!echo ${text}`);
    await answered(text);
  };
  // The first one makes the account.
  const first = await startBot();
  const second = await startBot();

  const grace = await person("grace");
  await grace.joinRoomByName("harbour");
  await answered("Welcome, @grace!");
  await ask("one");
  grace.send(room.id, "This is for nobody.");
  await answered("This is for nobody.");
  await server.kill();
  ada.send(room.id, "!echo said while the server was gone");
  server = await startServerProcess(settings);
  const linus = await person("linus");
  await linus.joinRoomByName(ROOM);
  await Promise.all([answered("said while the server was gone"), answered("Welcome, @linus!")]);
  await stop(first);
  // Its answers go out one after the other: with this one the second bot has said all that it has to say.
  await ask("two");
  await stop(second);
  await startBot();
  await ask("three");

  expect(words.toSorted()).toEqual(
    [
      "Welcome, @grace!",
      "Welcome, @linus!",
      "one",
      "This is for nobody.",
      "said while the server was gone",
      "two",
      "three",
    ].toSorted(),
  );
}, 120_000);
