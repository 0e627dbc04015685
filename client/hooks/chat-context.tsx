/** How React reaches the chat client: `useStore` reads its state, `useClient` calls it by name. */
import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";
import type { Me } from "../../src/protocol/shapes.js";
import type { ChatClient, ChatState } from "../sdk/types.js";

const ClientContext = createContext<ChatClient | null>(null);
const MeContext = createContext<Me | null>(null);

/** Gives everything below it the client to talk to. */
export function ClientProvider({ client, children }: { client: ChatClient; children: ReactNode }) {
  return <ClientContext value={client}>{children}</ClientContext>;
}

/** The client: for what a screen does. What it shows comes from `useStore`. */
export function useClient(): ChatClient {
  const client = useContext(ClientContext);
  if (client === null) throw new Error("useClient needs a ClientProvider above it.");
  return client;
}

/**
 * Reads a part of the state and renders again when that part changes.
 *
 * @param selector - must return something that stands in the state, not a new object: parts that did not change keep their
 *   identity, and that is how a change is told. Derive from it with `useMemo`.
 */
export function useStore<T>(selector: (state: ChatState) => T): T {
  const client = useClient();
  return useSyncExternalStore(client.subscribe, () => selector(client.getState()));
}

/** Names the person whose rooms are shown: it stays while an expired session is renewed over the page. */
export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <MeContext value={me}>{children}</MeContext>;
}

/** Who is logged in, anywhere inside the shell. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error("useMe needs a MeProvider above it.");
  return me;
}
