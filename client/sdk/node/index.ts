/** The chat client as a program in Node makes it: a bot, a script, a test. */
import { createChatClient, type ChatClientOptions } from "../chat-client.js";
import type { ChatClient } from "../types.js";
import { createCookieFetch } from "./cookie-fetch.js";

export { clientIdFor } from "./client-id-for.js";
export { createCookieFetch } from "./cookie-fetch.js";

/** A client with cookies of its own, so that its login lasts beyond the first access token. */
export function createNodeChatClient(options: ChatClientOptions): ChatClient {
  return createChatClient({ fetch: createCookieFetch(), ...options });
}
