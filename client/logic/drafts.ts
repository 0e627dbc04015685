/** What is written and not sent yet, per room: kept in the browser through switch, reload and an expired session. */

export interface Drafts {
  get(roomId: string): string;
  set(roomId: string, text: string): void;
  /** Forgets all of them: at a logout, the next person at this browser must not find them. */
  wipe(): void;
  /** Told when a room's draft appears or goes, not at every key. */
  subscribe(listener: () => void): () => void;
}

/** Makes the drafts of one account. Without storage they live until the page is left. */
export function createDrafts(storage: Storage | null, accountId: string): Drafts {
  const prefix = `parlance.draft.${accountId}.`;
  const texts = new Map<string, string>();
  const listeners = new Set<() => void>();
  for (let index = 0; index < (storage?.length ?? 0); index += 1) {
    const key = storage?.key(index);
    if (key?.startsWith(prefix)) texts.set(key.slice(prefix.length), storage?.getItem(key) ?? "");
  }
  const keep = (roomId: string, text: string) => {
    try {
      if (text === "") storage?.removeItem(prefix + roomId);
      else storage?.setItem(prefix + roomId, text);
    } catch {
      // Full: the draft then lives until the page is left.
    }
  };
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    get: (roomId) => texts.get(roomId) ?? "",
    set(roomId, text) {
      const had = texts.has(roomId);
      if (text === "") texts.delete(roomId);
      else texts.set(roomId, text);
      keep(roomId, text);
      if (had !== texts.has(roomId)) tell();
    },
    wipe() {
      for (const roomId of texts.keys()) keep(roomId, "");
      texts.clear();
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
