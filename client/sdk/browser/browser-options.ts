/** Everything that a browser gives the client, in one go: `createChatClient({ url: "", ...browserOptions(window) })`. */
import type { ChatClientOptions } from "../options.js";
import { createBrowserLock, type LockManagerLike } from "./lock.js";
import { createBrowserNetwork, type PageWindow } from "./network.js";
import { createBrowserStorage, type TextStorage } from "./storage.js";

/** As much of a window as is needed. */
export interface BrowserWindow extends PageWindow {
  readonly localStorage: TextStorage;
  readonly navigator: { readonly locks?: LockManagerLike };
}

export function browserOptions(page: BrowserWindow): Pick<ChatClientOptions, "storage" | "lock" | "network"> {
  return {
    storage: createBrowserStorage(() => page.localStorage),
    lock: createBrowserLock(page.navigator.locks),
    network: createBrowserNetwork(page),
  };
}
