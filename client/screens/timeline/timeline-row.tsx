/** One row: a message, one of one's own on its way, a line about the room, or a hole. Drawn again only when it changes. */
import { memo } from "react";
import { useStore } from "../../hooks/chat-context.js";
import type { TimelineItem, Traffic } from "../../logic/timeline-items.js";
import { formatTime, formatWhole } from "../../text/days.js";
import { lineOf, trafficLine } from "../../text/lines.js";
import { HoleBar } from "./hole-bar.js";
import { MessageRow } from "./message-row.js";
import { PendingRow } from "./pending-row.js";

interface RowProps {
  item: TimelineItem;
  roomId: string;
  /** whether Tab enters the list here */
  reachable: boolean;
  onFocusRow: (key: string) => void;
}

function AnyRow({ item, roomId, reachable, onFocusRow }: RowProps) {
  const { row, key } = item;
  const shared = { "data-row": key, tabIndex: reachable ? 0 : -1, onFocus: () => onFocusRow(key), className: "row" };
  if (row.kind === "hole") return <HoleBar {...shared} roomId={roomId} after={row.after} before={row.before} />;
  if (row.kind === "pending") {
    return (
      <PendingRow
        {...shared}
        roomId={roomId}
        pending={row.pending}
        at={item.at}
        grouped={item.grouped}
        reachable={reachable}
      />
    );
  }
  const { entry } = row;
  switch (entry.kind) {
    case "message":
      return <MessageRow {...shared} entry={entry} at={item.at} grouped={item.grouped} reachable={reachable} />;
    case "join":
    case "leave":
    case "room":
      return <Line {...shared} entry={entry} traffic={item.traffic} at={item.at} />;
    case "role":
      return null;
  }
}

/** The items around a row are laid out anew with every change of the room; the row itself is the same object until it changes. */
const isSame = (before: RowProps, after: RowProps) =>
  before.item.row === after.item.row &&
  before.item.grouped === after.item.grouped &&
  isSameTraffic(before.item.traffic, after.item.traffic) &&
  before.reachable === after.reachable &&
  before.roomId === after.roomId &&
  before.onFocusRow === after.onFocusRow;

/** A line of them grows at its ends only; the last one is the row. */
const isSameTraffic = (before: readonly Traffic[] | null, after: readonly Traffic[] | null) =>
  before?.length === after?.length && before?.[0] === after?.[0];

export const TimelineRow = memo(AnyRow, isSame);

type LineEntry = Parameters<typeof lineOf>[0];

function Line({
  entry,
  traffic,
  at,
  ...shared
}: { entry: LineEntry; traffic: readonly Traffic[] | null; at: Date | null } & Record<string, unknown>) {
  const users = useStore((state) => state.users);
  const nameOf = (id: string) => users.get(id)?.displayName ?? "Somebody";
  const words = traffic !== null && traffic.length > 1 ? trafficLine(traffic, nameOf) : lineOf(entry, nameOf);
  const time = at ?? new Date(entry.sentAt);
  return (
    <article {...shared} aria-label={`${words}, ${formatTime(time)}`}>
      <p className="notice" dir="auto">
        {words} ·{" "}
        <time dateTime={entry.sentAt} title={formatWhole(time)}>
          {formatTime(time)}
        </time>
      </p>
    </article>
  );
}
