import { useClient, useStore } from "../hooks/chat-context.js";
import { useLinkDown } from "../hooks/link.js";
import { useSecondsUntil } from "../hooks/timers.js";
import { useFocusAfterUnmount } from "../hooks/use-focus.js";
import type { Connection } from "../sdk/types.js";

/** Says that there is no connection, when the next try is, and lets the person try at once. Empty while all is well. */
export function ConnectionBanner() {
  const client = useClient();
  const connection = useStore((state) => state.connection);
  const down = useLinkDown();
  const seconds = useSecondsUntil(connection.kind === "offline" ? connection.retryAt : null);
  const shown = down && connection.kind !== "live";
  return (
    <div className={connection.kind === "refused" ? "link bad" : "link"} hidden={!shown}>
      <span role="alert">{shown && words(connection)}</span>
      {shown && connection.kind === "offline" && connection.retryAt !== null && (
        // Outside the alert: a screen reader would count along.
        <span>Next try in {seconds} s.</span>
      )}
      {shown && <RetryButton onClick={() => client.retryNow()} />}
    </div>
  );
}

/** Stays while a try is under way, so that whoever pressed it keeps the focus; hands it on when the connection is back. */
function RetryButton({ onClick }: { onClick: () => void }) {
  useFocusAfterUnmount();
  return (
    <button type="button" className="textual" onClick={onClick}>
      Retry now
    </button>
  );
}

/** Steady while the client tries again and again, so that it is read out once. */
function words(connection: Connection): string {
  if (connection.kind !== "refused") return "No connection. What you send is kept and goes out by itself.";
  switch (connection.code) {
    case "too_many":
      return "Parlance is open in too many places, so this one was disconnected.";
    case "revoked":
      return "This session was ended from another place.";
    default:
      return `The server refused the connection: ${connection.detail}`;
  }
}
