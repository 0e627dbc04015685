import { Pencil } from "lucide-react";
import { memo } from "react";
import { Link } from "wouter";
import { RoomGlyph } from "../../components/room-glyph.js";
import { useMe, useStore } from "../../hooks/chat-context.js";
import { useHasDraft, useSeenSeq } from "../../hooks/kept.js";
import { cappedCount, roomName } from "../../logic/room-list.js";
import { unreadOf } from "../../logic/seen.js";

/** One room in the rail: bold with a count when something is unread, a pencil when a draft waits there. */
export const RoomLink = memo(function RoomLink({
  roomId,
  here,
  href,
}: {
  roomId: string;
  here: boolean;
  href: string;
}) {
  const me = useMe();
  const state = useStore((all) => all.rooms?.get(roomId));
  const seen = useSeenSeq(roomId);
  const hasDraft = useHasDraft(roomId);
  if (state === undefined) return null;
  const muted = state.view.membership?.notify === "none";
  const unread = here || muted ? 0 : unreadOf(state, seen, me.id);
  const name = roomName(state);
  return (
    <Link
      href={href}
      className={`room${unread > 0 ? " unread" : ""}${here ? " here" : ""}`}
      aria-current={here ? "page" : undefined}
      draggable={false}
    >
      <span className="glyph">
        <RoomGlyph kind={state.view.room.kind} />
      </span>
      <span className="name" dir="auto" title={name}>
        {name}
      </span>
      {state.view.room.archivedAt !== null && <span className="only-heard"> archived</span>}
      {hasDraft && !here && (
        <span className="draft" title="Draft">
          <Pencil size={13} aria-hidden="true" />
          <span className="only-heard"> draft</span>
        </span>
      )}
      {unread > 0 && (
        <span className="badge quiet">
          {cappedCount(unread)}
          <span className="only-heard"> unread messages</span>
        </span>
      )}
    </Link>
  );
});
