import type { ComponentProps } from "react";
import { useClient, useMe, useStore } from "../../hooks/chat-context.js";
import { useLinkDown } from "../../hooks/link.js";
import { useSecondsUntil } from "../../hooks/timers.js";
import type { Pending } from "../../sdk/types.js";
import { LinksReachable } from "../../text/rich-text.js";
import { focusComposer } from "../room/composer.js";
import { MessageFrame, MessageText } from "./message-row.js";

/** A message of one's own that the server has not confirmed: in its place, with what is becoming of it. */
export function PendingRow({
  roomId,
  pending,
  at,
  grouped,
  reachable,
  ...shared
}: Omit<ComponentProps<"article">, "children"> & {
  roomId: string;
  pending: Pending;
  at: Date | null;
  grouped: boolean;
  reachable: boolean;
}) {
  const me = useMe();
  const failed = pending.status.kind === "failed";
  return (
    <MessageFrame
      {...shared}
      authorId={me.id}
      at={at ?? new Date(pending.writtenAt)}
      grouped={grouped}
      words={`${pending.text}, ${failed ? "not sent" : "being sent"}`}
      state={failed ? "failed" : "waiting"}
    >
      <LinksReachable value={reachable}>
        <div className="words">
          <MessageText text={pending.text} />
        </div>
      </LinksReachable>
      <PendingState roomId={roomId} pending={pending} />
    </MessageFrame>
  );
}

function PendingState({ roomId, pending }: { roomId: string; pending: Pending }) {
  const client = useClient();
  const linkDown = useLinkDown();
  const live = useStore((state) => state.connection.kind === "live");
  const { status } = pending;
  const seconds = useSecondsUntil(status.kind === "stillTrying" ? status.retryAt : null);
  // The row under the finger is about to change or go: the focus goes where one writes on.
  const then = (act: () => void) => () => {
    act();
    focusComposer();
  };
  switch (status.kind) {
    case "sending":
      return <span className="state">{linkDown && !live ? "◌ waiting for the connection" : "◌ sending"}</span>;
    case "stillTrying":
      return <span className="state">{seconds > 0 ? `◌ still trying, again in ${seconds} s` : "◌ still trying"}</span>;
    case "failed":
      return (
        <span className="state">
          <span role="alert">Not sent{status.detail === "" ? "." : `: ${status.detail}`}</span>
          <button type="button" className="textual" onClick={then(() => client.retry(roomId, pending.clientId))}>
            Try again
          </button>
          <button type="button" className="textual" onClick={then(() => client.discard(roomId, pending.clientId))}>
            Discard
          </button>
        </span>
      );
  }
}
