import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { ConnectionBanner } from "../../components/connection-banner.js";

/** One page for a room that does not exist and for one that is not ours to see: it must not tell the two apart. */
export function UnknownRoom() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main className="main" id="main" tabIndex={-1}>
      <title>No such room · Parlance</title>
      <ConnectionBanner />
      <div className="empty">
        <h1 ref={heading} tabIndex={-1}>
          There is no such room, or you are not in it
        </h1>
        <p>The address may be mistyped, or you would need an invitation. Public rooms can be found by browsing.</p>
        <div className="actions">
          <Link href="/" className="button primary">
            Back to your rooms
          </Link>
          <Link href="/browse" className="button">
            Browse rooms
          </Link>
        </div>
      </div>
    </main>
  );
}
