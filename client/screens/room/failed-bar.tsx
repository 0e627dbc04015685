import { useMemo } from "react";
import { useClient } from "../../hooks/chat-context.js";
import { useLinkDown } from "../../hooks/link.js";
import type { RoomState } from "../../sdk/types.js";
import { focusComposer } from "./composer.js";

/** One bar for several messages that were not sent; the connection's own banner comes before it. */
export function FailedBar({ room }: { room: RoomState }) {
  const client = useClient();
  const linkDown = useLinkDown();
  const failed = useMemo(
    () => room.rows.flatMap((row) => (row.kind === "pending" && row.pending.status.kind === "failed" ? [row.key] : [])),
    [room.rows],
  );
  const several = failed.length > 1 && !linkDown;
  const roomId = room.view.room.id;
  const forAll = (act: (clientId: string) => void) => {
    for (const clientId of failed) act(clientId);
    focusComposer();
  };
  return (
    <div role="alert">
      {several && (
        <div className="bar bad">
          <span>{failed.length} messages have not been sent.</span>
          <button type="button" className="textual" onClick={() => forAll((id) => client.retry(roomId, id))}>
            Try all again
          </button>
          <button type="button" className="textual" onClick={() => forAll((id) => client.discard(roomId, id))}>
            Discard all
          </button>
        </div>
      )}
    </div>
  );
}
