import { useHeldFor } from "../../hooks/timers.js";
import { roomName } from "../../logic/room-list.js";
import type { RoomState } from "../../sdk/types.js";

/** The same in every state, as in styles/timeline.css: what comes and goes up here moves no row. */
export const TOP_HEIGHT = 132;

/** What stands above the first row: older messages on their way, a failure to get them, or the room's beginning. */
export function TopBlock({ room, onRetry }: { room: RoomState; onRetry: () => void }) {
  const slow = useHeldFor(room.older === "loading", 150);
  const { kind, topic } = room.view.room;
  switch (room.older) {
    case "start":
      return (
        <div className="top">
          <h2 dir="auto">{roomName(room)}</h2>
          <p>
            This is the beginning of{" "}
            {kind === "direct" ? "this conversation" : `${kind === "public" ? "#" : ""}${roomName(room)}`}.{" "}
            {topic !== "" && <span dir="auto">{topic}</span>}
          </p>
        </div>
      );
    case "failed":
      return (
        <div className="top">
          <div className="bar bad">
            <span role="alert">Older messages could not be loaded.</span>
            <button type="button" className="textual" onClick={onRetry}>
              Try again
            </button>
          </div>
        </div>
      );
    case "loading":
    case "more":
      return (
        <div className="top bones pulse" aria-hidden="true">
          {slow &&
            [70, 50].map((width) => (
              <div key={width}>
                <span className="bone" />
                <span className="bone" style={{ width: "22%" }} />
                <span className="bone" style={{ width: `${width}%` }} />
              </div>
            ))}
        </div>
      );
  }
}
