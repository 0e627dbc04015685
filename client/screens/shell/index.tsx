/** The frame once somebody is logged in: rail, the page that the address names, and what lies over it. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { Route, Switch, useLocation, useRoute } from "wouter";
import { useMe, useStore } from "../../hooks/chat-context.js";
import { isShown } from "../../hooks/is-shown.js";
import { KeptProvider } from "../../hooks/kept.js";
import { LinkProvider } from "../../hooks/link.js";
import { knownHereSetting } from "../../hooks/settings.js";
import { NARROW, useMedia } from "../../hooks/use-media.js";
import { useShellKeys } from "../../hooks/use-shell-keys.js";
import { byActivity, heldOrder } from "../../logic/room-list.js";
import { BrowseScreen } from "../browse/index.js";
import { HomeScreen } from "./home.js";
import { roomPath } from "../../logic/paths.js";
import { Rail } from "../rail/index.js";
import { RenewDialog } from "./renew-dialog.js";
import { RoomScreen } from "../room/index.js";

export default function Shell({ ended }: { ended: "expired" | "revoked" | null }) {
  useEffect(() => knownHereSetting.set("yes"), []);
  return (
    <KeptProvider>
      <LinkProvider>
        <Frame />
        {ended !== null && <RenewDialog ended={ended} />}
      </LinkProvider>
    </KeptProvider>
  );
}

function Frame() {
  const me = useMe();
  const [, navigate] = useLocation();
  const narrow = useMedia(NARROW);
  const [, place] = useRoute<{ roomId: string; pane?: string }>("/r/:roomId/:pane?");
  const [isList] = useRoute("/");
  const withMembers = place?.pane === "members";
  const pane = isList ? "list" : withMembers ? "members" : "room";
  const writable = useStore((state) => state.rooms?.get(place?.roomId ?? "")?.view.room.archivedAt === null);
  const { order, hold, release } = useRoomOrder();
  // Beside a wide room the people stay when the room changes; where they take its place they do not.
  const pathOf = useCallback((roomId: string) => roomPath(roomId, withMembers && !narrow), [withMembers, narrow]);
  useShellKeys({ order, here: place?.roomId ?? null, onOpen: (roomId) => navigate(pathOf(roomId)) });

  return (
    <div className="app" data-pane={pane}>
      <nav aria-label="Skip" className="skips">
        <a className="skip" href="#main" onClick={(event) => focusPart(event, "main")}>
          Skip to the page
        </a>
        {writable && (
          <a className="skip" href="#composer" onClick={(event) => focusPart(event, "#composer")}>
            Skip to the message field
          </a>
        )}
      </nav>
      <Rail order={order} here={place?.roomId ?? null} pathOf={pathOf} onHold={hold} onRelease={release} />
      <Switch>
        <Route path="/">
          <HomeScreen first={order?.[0] ?? null} />
        </Route>
        <Route path="/browse">
          <BrowseScreen />
        </Route>
        <Route path="/r/:roomId/:pane?">
          {(params) => (
            <RoomScreen
              key={`${me.id} ${params.roomId}`}
              roomId={params.roomId}
              withMembers={params.pane === "members"}
            />
          )}
        </Route>
        <Route>
          <HomeScreen first={order?.[0] ?? null} />
        </Route>
      </Switch>
    </div>
  );
}

/** A link to a part of the page would change the address, which names the room. */
function focusPart(event: { preventDefault(): void }, selector: string) {
  event.preventDefault();
  const all = [...document.querySelectorAll<HTMLElement>(selector)];
  all.find(isShown)?.focus();
}

/** The rail's order: by activity, but held still while somebody points at it or moves in it by keyboard. */
function useRoomOrder() {
  const rooms = useStore((state) => state.rooms);
  const wanted = useMemo(() => (rooms === null ? null : byActivity(rooms)), [rooms]);
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const order = useMemo(() => (held === null || wanted === null ? wanted : heldOrder(held, wanted)), [held, wanted]);
  const hold = () => setHeld((now) => now ?? order);
  const release = () => setHeld(null);
  return { order, hold, release };
}
