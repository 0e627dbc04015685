/** The people of a room: beside it on a wide screen, in its place on a narrow one. */
import { ChevronLeft, UserPlus, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Member } from "../../../src/protocol/shapes.js";
import { useClient } from "../../hooks/chat-context.js";
import { useHeldFor } from "../../hooks/timers.js";
import { NARROW, useMedia } from "../../hooks/use-media.js";
import { useTask } from "../../hooks/use-task.js";
import { roomPath } from "../../logic/paths.js";
import { mayInvite } from "../../logic/permissions.js";
import type { RoomState } from "../../sdk/types.js";
import { InviteDialog } from "./invite-dialog.js";
import { Person } from "./person.js";

const GROUPS = [
  ["online", "Online"],
  ["busy", "Busy"],
  ["away", "Away"],
  ["offline", "Offline"],
] as const;

export function MembersPanel({ room }: { room: RoomState }) {
  const client = useClient();
  const narrow = useMedia(NARROW);
  const [, navigate] = useLocation();
  const { run, problem } = useTask();
  const [inviting, setInviting] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const roomId = room.view.room.id;

  useEffect(() => void run(() => client.loadMembers(roomId)), [client, roomId, run]);
  // Where the panel takes the room's place, the focus comes along; beside the room it stays where one writes.
  useEffect(() => {
    if (narrow) heading.current?.focus();
  }, [narrow]);

  const groups = useMemo(() => groupMembers(room.members ?? []), [room.members]);
  const close = () => {
    navigate(roomPath(roomId), { replace: true });
    document.querySelector<HTMLElement>("#composer")?.focus();
  };
  const [Root, Heading, Sub] = narrow ? (["main", "h1", "h2"] as const) : (["aside", "h2", "h3"] as const);
  return (
    <Root className="side" aria-label="People in this room" tabIndex={-1}>
      <header>
        <button type="button" className="tool back" aria-label="Back to the room" onClick={close}>
          <ChevronLeft size={20} aria-hidden="true" />
        </button>
        <Heading ref={heading} tabIndex={-1}>
          People
        </Heading>
        {!narrow && (
          <button type="button" className="tool" aria-label="Close the list of people" onClick={close}>
            <X size={17} aria-hidden="true" />
          </button>
        )}
      </header>
      {mayInvite(room.view.room) && (
        <button type="button" className="button" onClick={() => setInviting(true)}>
          <UserPlus size={16} aria-hidden="true" /> Invite someone
        </button>
      )}
      <p className="err" role="alert">
        {room.members === null && problem !== null && problem.message}
      </p>
      {room.members === null && problem !== null && (
        <button type="button" className="button" onClick={() => void run(() => client.loadMembers(roomId))}>
          Try again
        </button>
      )}
      {room.members === null && problem === null && <Bones />}
      {groups.map(({ label, members }) => (
        <section key={label} aria-label={label}>
          <Sub>
            {label}, {members.length}
          </Sub>
          <People members={members} room={room} />
        </section>
      ))}
      {inviting && <InviteDialog room={room} onClose={() => setInviting(false)} />}
    </Root>
  );
}

/** Each person has a menu: thousands of them at once would hold the page up. */
const DRAWN_AT_ONCE = 100;

function People({ members, room }: { members: readonly Member[]; room: RoomState }) {
  const [drawn, setDrawn] = useState(DRAWN_AT_ONCE);
  const left = members.length - drawn;
  return (
    <>
      <ul>
        {members.slice(0, drawn).map((member) => (
          <Person key={member.user.id} member={member} room={room} />
        ))}
      </ul>
      {left > 0 && (
        <button type="button" className="textual" onClick={() => setDrawn(drawn + DRAWN_AT_ONCE)}>
          Show {Math.min(left, DRAWN_AT_ONCE)} more of {left.toLocaleString()}
        </button>
      )}
    </>
  );
}

function groupMembers(members: readonly Member[]) {
  const sorted = members.toSorted((a, b) => a.user.displayName.localeCompare(b.user.displayName));
  return GROUPS.map(([status, label]) => ({
    label,
    members: sorted.filter((member) => member.presence.status === status),
  })).filter((group) => group.members.length > 0);
}

function Bones() {
  const slow = useHeldFor(true, 150);
  return (
    <div role="status" aria-label={slow ? "Loading people" : undefined} className="pulse">
      {slow &&
        [60, 75, 50].map((width) => (
          <div key={width} className="person">
            <span className="face bone" />
            <span className="bone" style={{ width: `${width}%`, height: 14 }} />
          </div>
        ))}
    </div>
  );
}
