import { useRef, useState } from "react";
import { Redirect, useLocation } from "wouter";
import { ConnectionBanner } from "../../components/connection-banner.js";
import { useStore } from "../../hooks/chat-context.js";
import { useFocusWhenLost } from "../../hooks/use-focus.js";
import { PHONE, useMedia } from "../../hooks/use-media.js";
import { CreateRoomDialog } from "../rail/create-room-dialog.js";
import { roomPath } from "../../logic/paths.js";

/** Where no room is named: the latest one, where there is one and room to show it; else how to begin. */
export function HomeScreen({ first }: { first: string | null }) {
  const phone = useMedia(PHONE);
  const loaded = useStore((state) => state.rooms !== null);
  const [creating, setCreating] = useState(false);
  const [, navigate] = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  const empty = loaded && first === null;
  useFocusWhenLost(heading, empty);
  if (first !== null && !phone && !creating) return <Redirect to={roomPath(first)} replace />;
  return (
    <main className="main" id="main" tabIndex={-1}>
      <title>Parlance</title>
      <ConnectionBanner />
      {empty && (
        <div className="empty">
          <h1 ref={heading} tabIndex={-1}>
            Nothing here yet
          </h1>
          <p>Rooms are where people talk. Make the first one, or look at what others have opened.</p>
          <div className="actions">
            <button type="button" className="button primary" onClick={() => setCreating(true)}>
              Create a room
            </button>
            <button type="button" className="button" onClick={() => navigate("/browse")}>
              Browse rooms
            </button>
          </div>
        </div>
      )}
      {creating && <CreateRoomDialog onClose={() => setCreating(false)} />}
    </main>
  );
}
