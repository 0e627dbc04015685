/** The chat client as a web page makes it. */
import { createChatClient } from "../chat-client.js";
import type { ChatClient } from "../types.js";
import { browserOptions, type BrowserWindow } from "./browser-options.js";

export { browserOptions } from "./browser-options.js";

/** A client of the server that the page came from. */
export function createBrowserChatClient(): ChatClient {
  // Named at run time: the types of the DOM are not known here.
  const page = Reflect.get(globalThis, "window") as BrowserWindow;
  return createChatClient({ url: "", ...browserOptions(page) });
}
