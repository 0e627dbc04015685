/** The connection as the page shows it: a break of less than two seconds is nobody's business. */
import { createContext, useContext, useEffect, useRef, type ReactNode } from "react";
import { useAnnounce } from "../components/announcer.js";
import { useStore } from "./chat-context.js";
import { useHeldFor } from "./timers.js";

/** After this without a connection it is said. */
export const QUIET_MS = 2_000;

const LinkContext = createContext(false);

/** Watches the connection once for the whole page, so that changing rooms does not start the two seconds anew. */
export function LinkProvider({ children }: { children: ReactNode }) {
  const kind = useStore((state) => state.connection.kind);
  const announce = useAnnounce();
  const held = useHeldFor(kind !== "live", QUIET_MS);
  const down = held || kind === "refused";
  const wasDown = useRef(false);
  useEffect(() => {
    if (wasDown.current && !down) announce("Back online.");
    wasDown.current = down;
  }, [down, announce]);
  return <LinkContext value={down}>{children}</LinkContext>;
}

/** Whether the page says that there is no connection. */
export const useLinkDown = () => useContext(LinkContext);
