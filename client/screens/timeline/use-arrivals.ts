/** Reads out what others write while the room is open; what is loaded from the past stays silent. */
import { useEffect, useRef } from "react";
import { useAnnounce } from "../../components/announcer.js";
import { useClient } from "../../hooks/chat-context.js";
import { lastSeq } from "../../logic/timeline-items.js";
import type { Row } from "../../sdk/types.js";

/** More than this many within the time below are summed up. */
const BURST = 3;
const BURST_MS = 2_000;

export function useArrivals(rows: readonly Row[], name: string, meId: string): void {
  const announce = useAnnounce();
  const client = useClient();
  const heardTo = useRef<number | null>(null);
  const recent = useRef<number[]>([]);
  const held = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  useEffect(() => {
    const tail = lastSeq(rows);
    const from = heardTo.current;
    heardTo.current = Math.max(from ?? 0, tail);
    // The first page is not news.
    if (from === null || from === 0) return;
    for (const row of rows) {
      if (row.kind !== "entry" || row.entry.seq <= from || row.entry.kind !== "message") continue;
      if (row.entry.senderId === meId) continue;
      const now = Date.now();
      recent.current = [...recent.current.filter((at) => now - at < BURST_MS), now];
      if (recent.current.length <= BURST && held.current === 0) {
        const author = client.getState().users.get(row.entry.senderId)?.displayName ?? "Somebody";
        announce(`${author}: ${row.entry.text}`);
      } else {
        held.current += 1;
      }
    }
    if (held.current > 0 && timer.current === null) {
      timer.current = setTimeout(() => {
        announce(`${held.current} new messages in ${name}.`);
        held.current = 0;
        timer.current = null;
      }, BURST_MS);
    }
  }, [rows, name, meId, announce, client]);

  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
}
