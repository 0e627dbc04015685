/** One room: its header, its timeline, the place to write, and its people beside it. */
import { useEffect, useRef } from "react";
import { ConnectionBanner } from "../../components/connection-banner.js";
import { useClient, useMe, useStore } from "../../hooks/chat-context.js";
import { useFocusWhenLost } from "../../hooks/use-focus.js";
import { TOUCH, useMedia } from "../../hooks/use-media.js";
import { roomName } from "../../logic/room-list.js";
import type { RoomState } from "../../sdk/types.js";
import { MembersPanel } from "../members/index.js";
import { Timeline } from "../timeline/index.js";
import { Composer } from "./composer.js";
import { FailedBar } from "./failed-bar.js";
import { RoomHeader } from "./room-header.js";
import { UnknownRoom } from "./unknown-room.js";

export function RoomScreen({ roomId, withMembers }: { roomId: string; withMembers: boolean }) {
  const known = useStore((state) => state.rooms !== null);
  const room = useStore((state) => state.rooms?.get(roomId));
  if (!known) {
    return (
      <main className="main" id="main" tabIndex={-1} aria-busy="true">
        <ConnectionBanner />
      </main>
    );
  }
  return room === undefined ? <UnknownRoom /> : <KnownRoom room={room} withMembers={withMembers} />;
}

function KnownRoom({ room, withMembers }: { room: RoomState; withMembers: boolean }) {
  const client = useClient();
  const me = useMe();
  const touch = useMedia(TOUCH);
  const live = useStore((state) => state.connection.kind === "live");
  const heading = useRef<HTMLHeadingElement>(null);
  const { id, archivedAt } = room.view.room;
  const name = roomName(room);

  // A page that failed is asked for again by itself when the connection is back.
  const wanted = room.newest === "none" || (room.newest === "failed" && live);
  useEffect(() => {
    // A failure shows in the room's own state, beside its "Try again".
    if (wanted) client.openRoom(id).catch(() => undefined);
  }, [client, id, wanted, live]);

  // With fingers the composer would pop the keyboard up: the heading takes the focus, so that it is not lost.
  useEffect(() => {
    if (touch || archivedAt !== null) heading.current?.focus({ preventScroll: true });
  }, [touch, archivedAt]);

  // Back from the people, who had taken the room's place.
  useFocusWhenLost(heading, !withMembers);

  return (
    <>
      <main className="main" id="main" tabIndex={-1}>
        <title>{`${name} · Parlance`}</title>
        <RoomHeader room={room} withMembers={withMembers} headingRef={heading} />
        <ConnectionBanner />
        <Timeline room={room} meId={me.id} />
        <FailedBar room={room} />
        {archivedAt === null ? (
          <Composer
            roomId={id}
            placeholder={`Message ${room.view.room.kind === "public" ? "#" : ""}${name}`}
            autoFocus={!touch}
          />
        ) : (
          <p className="closed" role="status">
            This room is archived: it can be read, and nothing new can be written.
          </p>
        )}
      </main>
      {withMembers && <MembersPanel room={room} />}
    </>
  );
}
