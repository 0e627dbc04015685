/** The chat client as a web page makes it. */
import { createChatClient } from "../chat-client.js";
import type { ChatClient } from "../types.js";
import { browserOptions, type BrowserWindow } from "./browser-options.js";

/** A client of the server that the page came from. */
export function createBrowserChatClient(page: BrowserWindow = globalThis as unknown as BrowserWindow): ChatClient {
  return createChatClient({ url: "", ...browserOptions(page) });
}
