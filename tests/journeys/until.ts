import type { ChatClient } from "../../client/sdk/types.js";

/** Resolves as soon as the client's state is as wanted; looked at with each change of it. */
export function until(client: ChatClient, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isSo()) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = client.subscribe(look);
    look();
  });
}
