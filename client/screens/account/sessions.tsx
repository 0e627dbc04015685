import { useCallback, useEffect, useRef, useState } from "react";
import type { Session } from "../../../src/protocol/shapes.js";
import { useAnnounce } from "../../components/announcer.js";
import { useClient } from "../../hooks/chat-context.js";
import { useTask } from "../../hooks/use-task.js";
import { formatShort } from "../../text/days.js";
import { browserName } from "../../text/browser-name.js";

/** Where this account is logged in, each of which can be ended from here. */
export function Sessions() {
  const client = useClient();
  const announce = useAnnounce();
  const { run, problem, busy } = useTask();
  const [sessions, setSessions] = useState<readonly Session[] | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const load = useCallback(() => run(async () => setSessions(await client.listSessions())), [client, run]);
  useEffect(() => void load(), [load]);

  const end = async (session: Session) => {
    const done = await run(async () => {
      await client.endSession(session.id);
      setSessions((all) => all?.filter((one) => one.id !== session.id) ?? null);
    });
    if (!done) return;
    announce("The session has ended.");
    heading.current?.focus();
  };
  return (
    <section>
      <h2 ref={heading} tabIndex={-1}>
        Where you are logged in
      </h2>
      <p className="note bad" role="alert">
        {problem?.message}
      </p>
      {problem !== null && sessions === null && (
        <button type="button" className="button" onClick={() => void load()}>
          Try again
        </button>
      )}
      <ul>
        {sessions?.map((session) => (
          <li key={session.id} className="session">
            <div>
              {browserName(session.userAgent)}
              {session.current && " (this one)"}
              <small>
                since {formatShort(new Date(session.createdAt))}, last used {formatShort(new Date(session.lastUsedAt))}
              </small>
            </div>
            {!session.current && (
              <button
                type="button"
                className="button"
                disabled={busy}
                aria-label={`End the session of ${browserName(session.userAgent)}`}
                onClick={() => void end(session)}
              >
                End
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
