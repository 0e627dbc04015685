/**
 * A bot that greets whoever joins its room, and repeats what begins with "!echo ". Run it from the clone:
 *
 *     BOT_USERNAME=echo-bot BOT_PASSWORD='a long password' BOT_ROOM=Harbour npx tsx examples/bot.ts
 *
 * An answer's clientId is made from what it answers (`clientIdFor`), and the server stores a clientId once: whatever is sent
 * again, after a lost connection or by a second bot of this account, is there once. A bot that was not running answers nothing
 * of that time.
 */
import { ChatError, type Entry } from "parlance-sdk";
import { clientIdFor, createNodeChatClient } from "parlance-sdk/node";

const { PARLANCE_URL = "http://127.0.0.1:3000", BOT_USERNAME, BOT_PASSWORD, BOT_ROOM } = process.env;
if (!BOT_USERNAME || !BOT_PASSWORD || !BOT_ROOM) throw new Error("Set BOT_USERNAME, BOT_PASSWORD and BOT_ROOM.");

const client = createNodeChatClient({ url: PARLANCE_URL });
const account = { username: BOT_USERNAME, password: BOT_PASSWORD };
const me = await client.logIn(account).catch((error: unknown) => {
  // An account that there is not yet is made.
  if (error instanceof ChatError && error.code === "invalid_credentials") return client.register(account);
  throw error;
});

async function answer(entry: Entry): Promise<void> {
  const say = (text: string, purpose: string) =>
    client.send(entry.roomId, text, { clientId: clientIdFor(entry, purpose) });
  if (entry.kind === "join" && entry.userId !== me.id)
    say(`Welcome, @${(await client.getUser(entry.userId)).username}!`, "greeting");
  if (entry.kind === "message" && entry.senderId !== me.id && entry.text.startsWith("!echo "))
    say(entry.text.slice("!echo ".length), "echo");
}

client.onEntry((entry) => void answer(entry).catch((error: unknown) => console.error(error)));
await client.joinRoomByName(BOT_ROOM);
await client.ready();
console.log(`${me.username} is in ${BOT_ROOM}.`);
