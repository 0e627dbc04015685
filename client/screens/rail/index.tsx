/** The rail: every room one is in, the ways to more of them, and oneself. */
import { Compass, Plus } from "lucide-react";
import { useRef, useState } from "react";
import { useLocation } from "wouter";
import { ConnectionBanner } from "../../components/connection-banner.js";
import { useStore } from "../../hooks/chat-context.js";
import { useHeldFor } from "../../hooks/timers.js";
import { useFocusWhenLost } from "../../hooks/use-focus.js";
import { PHONE, useMedia } from "../../hooks/use-media.js";
import { AccountMenu } from "../account/account-menu.js";
import { CreateRoomDialog } from "./create-room-dialog.js";
import { RoomLink } from "./room-link.js";

export function Rail({
  order,
  here,
  pathOf,
  onHold,
  onRelease,
}: {
  /** null until the rooms are known */
  order: readonly string[] | null;
  here: string | null;
  pathOf: (roomId: string) => string;
  /** somebody points at the list, or is in it with the keyboard: it must not move now */
  onHold: () => void;
  onRelease: () => void;
}) {
  const phone = useMedia(PHONE);
  const [path, navigate] = useLocation();
  const [creating, setCreating] = useState(false);
  const serverName = useStore((state) => state.server?.name);
  // Where the list is all there is to see, it is the main thing.
  const isMain = phone && path === "/";
  const Root = isMain ? "main" : "aside";
  const root = useRef<HTMLElement>(null);
  useFocusWhenLost(root, isMain);
  return (
    <Root ref={root} className="rail" tabIndex={-1} aria-label="Rooms and account">
      <header>
        <span className="mark" aria-hidden="true">
          P
        </span>
        <h1>{serverName || "Parlance"}</h1>
      </header>
      {phone && here === null && <ConnectionBanner />}
      {/* Only watches whether somebody is in the list: what they do there, its links do. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <nav
        aria-label="Rooms"
        onPointerEnter={onHold}
        onPointerLeave={(event) => {
          if (!event.currentTarget.contains(document.activeElement)) onRelease();
        }}
        onFocus={onHold}
        onBlur={(event) => {
          const gone = !event.currentTarget.contains(event.relatedTarget);
          if (gone && !event.currentTarget.matches(":hover")) onRelease();
        }}
      >
        <div className="heading">
          <h2>Rooms</h2>
          <button
            type="button"
            className="tool"
            aria-label="Browse public rooms"
            title="Browse public rooms"
            aria-current={path === "/browse" ? "page" : undefined}
            onClick={() => navigate("/browse")}
          >
            <Compass size={16} aria-hidden="true" />
          </button>
          <button
            type="button"
            className="tool"
            aria-label="Create a room"
            title="Create a room"
            onClick={() => setCreating(true)}
          >
            <Plus size={16} aria-hidden="true" />
          </button>
        </div>
        {order === null ? (
          <Bones />
        ) : order.length === 0 ? (
          <NoRooms onCreate={() => setCreating(true)} onBrowse={() => navigate("/browse")} />
        ) : (
          <ul>
            {order.map((roomId) => (
              <li key={roomId}>
                <RoomLink roomId={roomId} here={roomId === here} href={pathOf(roomId)} />
              </li>
            ))}
          </ul>
        )}
      </nav>
      <AccountMenu />
      {creating && <CreateRoomDialog onClose={() => setCreating(false)} />}
    </Root>
  );
}

function Bones() {
  const slow = useHeldFor(true, 150);
  if (!slow) return null;
  return (
    <div role="status" aria-label="Loading your rooms" className="pulse">
      {[70, 55, 80, 45].map((width) => (
        <span key={width} className="bone" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

function NoRooms({ onCreate, onBrowse }: { onCreate: () => void; onBrowse: () => void }) {
  return (
    <div className="none">
      You are not in any room yet.
      <button type="button" className="button primary" onClick={onCreate}>
        Create a room
      </button>
      <button type="button" className="button" onClick={onBrowse}>
        Browse rooms
      </button>
    </div>
  );
}
