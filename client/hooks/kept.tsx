/** What this browser keeps for the account that is logged in: drafts, and how far each room has been seen. */
import { createContext, useContext, useState, useSyncExternalStore, type ReactNode } from "react";
import { createDrafts, type Drafts } from "../logic/drafts.js";
import { createSeen, type Seen } from "../logic/seen.js";
import { useMe } from "./chat-context.js";
import { browserStorage } from "./local-setting.js";

const KeptContext = createContext<{ drafts: Drafts; seen: Seen } | null>(null);

export function KeptProvider({ children }: { children: ReactNode }) {
  const me = useMe();
  const [kept] = useState(() => ({
    drafts: createDrafts(browserStorage(), me.id),
    seen: createSeen(browserStorage(), me.id),
  }));
  return <KeptContext value={kept}>{children}</KeptContext>;
}

function useKept() {
  const kept = useContext(KeptContext);
  if (kept === null) throw new Error("This needs a KeptProvider above it.");
  return kept;
}

export const useDrafts = () => useKept().drafts;
export const useSeen = () => useKept().seen;

/** Whether something is written and not sent in a room. */
export function useHasDraft(roomId: string): boolean {
  const drafts = useDrafts();
  return useSyncExternalStore(drafts.subscribe, () => drafts.get(roomId) !== "");
}

/** How far a room has been looked at here. */
export function useSeenSeq(roomId: string): number {
  const seen = useSeen();
  return useSyncExternalStore(seen.subscribe, () => seen.get(roomId));
}
