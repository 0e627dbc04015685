/** A live region that stands in the page from the start: what is put into it later is read out by screen readers. */
import { createContext, useCallback, useContext, useMemo, useRef, type ReactNode } from "react";

/** Reads a text out when whatever is being read is finished. */
export type Announce = (text: string) => void;

const AnnounceContext = createContext<Announce>(() => undefined);

export function Announcer({ children }: { children: ReactNode }) {
  const region = useRef<HTMLDivElement>(null);
  const announce = useCallback((text: string) => {
    const node = region.current;
    if (node === null) return;
    const line = document.createElement("p");
    line.textContent = text;
    // A few lines stay, so that quick ones do not silence each other; the oldest go.
    while (node.childElementCount > 4) node.firstElementChild?.remove();
    node.append(line);
  }, []);
  const value = useMemo(() => announce, [announce]);
  return (
    <AnnounceContext value={value}>
      {children}
      <div ref={region} className="only-heard" role="status" aria-live="polite" aria-label="News" />
    </AnnounceContext>
  );
}

/** Gives the function that reads a text out politely. */
export const useAnnounce = () => useContext(AnnounceContext);
