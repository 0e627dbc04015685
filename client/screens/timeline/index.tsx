/** The timeline: a room's rows, drawn as far as they can be seen. Newest at the bottom; what is being read never moves. */
import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ErrorBoundary } from "../../components/error-boundary.js";
import { useClient } from "../../hooks/chat-context.js";
import { useSeen } from "../../hooks/kept.js";
import { useHeldFor, useToday } from "../../hooks/timers.js";
import { cappedCount, roomName } from "../../logic/room-list.js";
import { lastSeq, messagesAfter, timelineItems } from "../../logic/timeline-items.js";
import type { RoomState, Row } from "../../sdk/types.js";
import { dayName, localDate } from "../../text/days.js";
import { TimelineRow } from "./timeline-row.js";
import { TopBlock } from "./top-block.js";
import { useArrivals } from "./use-arrivals.js";
import { useRoving } from "./use-roving.js";
import { useTimelineScroll } from "./use-timeline-scroll.js";

export function Timeline({ room, meId }: { room: RoomState; meId: string }) {
  const client = useClient();
  const seen = useSeen();
  const today = useToday(localDate);
  const roomId = room.view.room.id;
  const name = roomName(room);
  const isWhole = room.newer === "end";
  const items = useMemo(() => timelineItems(shownRows(room.rows, isWhole), meId), [room.rows, isWhole, meId]);
  const loadOlder = useCallback(() => {
    // A failure shows above the first row, beside its "Try again".
    client.loadOlder(roomId).catch(() => undefined);
  }, [client, roomId]);
  const loadNewer = useCallback(() => {
    // A failure shows below the last row, beside its "Try again".
    client.loadNewer(roomId).catch(() => undefined);
  }, [client, roomId]);
  const loadNewest = useCallback(() => {
    // Without an answer the rows stay as they are, and so does the button.
    client.loadNewest(roomId).catch(() => undefined);
  }, [client, roomId]);

  const [focusedKey, setFocusedKey] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { virtualizer, atEnd, topDay, toEnd } = useTimelineScroll({
    items,
    scroller,
    focusedKey,
    mayLoadOlder: room.older === "more" && room.newest === "ready",
    onLoadOlder: loadOlder,
    isWhole,
    mayLoadNewer: room.newer === "more",
    onLoadNewer: loadNewer,
    onLoadNewest: loadNewest,
    lastPending: room.rows.at(-1)?.kind === "pending" ? room.rows.at(-1)?.key : undefined,
  });
  const roving = useRoving({ items, virtualizer, scroller, focusedKey, setFocusedKey });
  useArrivals(room.rows, name, meId);

  // What has come since the end was last in view; and what is in view counts as seen.
  const tail = lastSeq(room.rows);
  const [leftAt, setLeftAt] = useState(tail);
  if (atEnd && leftAt !== tail) setLeftAt(tail);
  const missed = atEnd || !isWhole ? 0 : messagesAfter(room.rows, leftAt, meId);
  const missedAny = missed > 0 || (!isWhole && room.view.room.head > leftAt);
  useEffect(() => {
    const mark = () => {
      if (atEnd && document.visibilityState === "visible") seen.mark(roomId, tail);
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [atEnd, roomId, seen, tail]);

  return (
    <div className="timeline">
      {topDay !== null && !atEnd && (
        <div className="day-here" aria-hidden="true">
          {dayName(topDay, today)}
        </div>
      )}
      {items.length === 0 ? (
        <EmptyTimeline room={room} />
      ) : (
        // Announcing is the announcer's work: in a list that mounts rows while it scrolls, "live" would read old ones out.
        // It hears the keys of its rows, each of which can have the focus.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
        <div
          ref={scroller}
          className="scroller"
          role="log"
          aria-label={`Messages in ${name}`}
          aria-live="off"
          aria-busy={room.older === "loading"}
          onKeyDown={roving.onKeyDown}
        >
          <div className="canvas" style={{ height: virtualizer.getTotalSize() }}>
            <TopBlock room={room} onRetry={loadOlder} />
            {virtualizer.getVirtualItems().map(({ index, start, key }) => {
              const item = items[index];
              if (item === undefined) return null;
              return (
                <div
                  key={key}
                  ref={virtualizer.measureElement}
                  data-index={index}
                  className="slot"
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {item.day !== null && <div className="day">{dayName(item.day, today)}</div>}
                  <ErrorBoundary fallback={<p className="notice">This message could not be shown.</p>}>
                    <TimelineRow
                      item={item}
                      roomId={roomId}
                      reachable={item.key === roving.entryKey}
                      onFocusRow={roving.onFocusRow}
                    />
                  </ErrorBoundary>
                </div>
              );
            })}
            {room.newer === "failed" && <BottomBar onRetry={loadNewer} />}
          </div>
        </div>
      )}
      {!atEnd && items.length > 0 && (
        <button type="button" className="latest" onClick={toEnd}>
          <ArrowDown size={15} aria-hidden="true" />
          {missed > 0
            ? `${cappedCount(missed)} new ${missed === 1 ? "message" : "messages"}`
            : missedAny
              ? "New messages"
              : "Jump to latest"}
        </button>
      )}
    </div>
  );
}

/** What one writes stands at the room's end, and shows there. */
const shownRows = (rows: readonly Row[], isWhole: boolean) =>
  isWhole ? rows : rows.filter(({ kind }) => kind !== "pending");

/** Newer messages could not be loaded on the way back down. */
function BottomBar({ onRetry }: { onRetry: () => void }) {
  return (
    <div className="bar bad below">
      <span role="alert">Newer messages could not be loaded.</span>
      <button type="button" className="textual" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

/** Nothing to draw yet: the newest page is on its way, or did not come. */
function EmptyTimeline({ room }: { room: RoomState }) {
  const client = useClient();
  const slow = useHeldFor(room.newest === "loading" || room.newest === "none", 150);
  if (room.newest === "failed") {
    return (
      <div className="empty">
        <p role="alert">The messages could not be loaded.</p>
        <button
          type="button"
          className="button"
          onClick={() => client.openRoom(room.view.room.id).catch(() => undefined)}
        >
          Try again
        </button>
      </div>
    );
  }
  return (
    <div className="bones pulse" role="status" aria-label={slow ? "Loading messages" : undefined}>
      {slow &&
        [64, 48, 80, 56].map((width) => (
          <div key={width}>
            <span className="bone" />
            <span className="bone" style={{ width: "24%" }} />
            <span className="bone" style={{ width: `${width}%` }} />
          </div>
        ))}
    </div>
  );
}
