/** The public rooms of this server: search, look, join. */
import { ChevronLeft } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { LIMITS } from "../../../src/protocol/limits.js";
import type { Room } from "../../../src/protocol/shapes.js";
import { ConnectionBanner } from "../../components/connection-banner.js";
import { TextField } from "../../components/field.js";
import { useClient, useStore } from "../../hooks/chat-context.js";
import { TOUCH, useMedia } from "../../hooks/use-media.js";
import { useTask } from "../../hooks/use-task.js";
import { roomPath } from "../../logic/paths.js";
import { describeProblem, type Problem } from "../../text/problems.js";

/** Keys typed closer together than this make one search. */
const PAUSE_MS = 200;

interface Found {
  query: string;
  rooms: readonly Room[];
  nextCursor: string | null;
}

export function BrowseScreen() {
  const [query, setQuery] = useState("");
  const { found, problem, more, again } = useDirectory(query.trim());
  const touch = useMedia(TOUCH);
  const field = useRef<HTMLInputElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => (touch ? heading.current : field.current)?.focus(), [touch]);
  return (
    <main className="main" id="main" tabIndex={-1}>
      <title>Browse rooms · Parlance</title>
      <header>
        <Link href="/" className="tool back" aria-label="Back to the rooms">
          <ChevronLeft size={20} aria-hidden="true" />
        </Link>
        <h1 ref={heading} tabIndex={-1}>
          Browse rooms
        </h1>
      </header>
      <ConnectionBanner />
      <div className="browse">
        <TextField
          label="Find a public room"
          type="search"
          autoComplete="off"
          maxLength={LIMITS.queryMax}
          value={query}
          onValue={setQuery}
          inputRef={field}
        />
        <p className="hint" role="status">
          {found !== null && words(found)}
        </p>
        <p className="note bad" role="alert">
          {problem?.message}
        </p>
        {problem !== null && (
          <button type="button" className="button" onClick={again}>
            Try again
          </button>
        )}
        <ul>
          {found?.rooms.map((room) => (
            <RoomCard key={room.id} room={room} />
          ))}
        </ul>
        {found !== null && found.nextCursor !== null && (
          <button type="button" className="button" onClick={more}>
            Load more
          </button>
        )}
      </div>
    </main>
  );
}

function words({ query, rooms, nextCursor }: Found): string {
  if (rooms.length > 0) return `${rooms.length}${nextCursor === null ? "" : " or more"} public rooms`;
  return query === ""
    ? "There is no public room yet. Make one: others will find it here."
    : `No public room is called “${query}”. Try fewer letters.`;
}

/** Asks for the rooms of a search a moment after it was typed; an answer that is no longer wanted is dropped. */
function useDirectory(query: string) {
  const client = useClient();
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const asked = useRef(0);
  const load = useCallback(
    async (before: Found | null) => {
      const ask = (asked.current += 1);
      try {
        const page = await client.listDirectory(query, before?.nextCursor ?? undefined);
        if (ask !== asked.current) return;
        setProblem(null);
        setFound({ query, rooms: [...(before?.rooms ?? []), ...page.rooms], nextCursor: page.nextCursor });
      } catch (error) {
        if (ask === asked.current) setProblem(describeProblem(error));
      }
    },
    [client, query],
  );
  const first = useRef(true);
  useEffect(() => {
    // The first list comes at once; what is typed waits for a pause.
    const timer = setTimeout(() => void load(null), first.current ? 0 : PAUSE_MS);
    first.current = false;
    return () => clearTimeout(timer);
  }, [load]);
  return { found, problem, more: () => void load(found), again: () => void load(null) };
}

function RoomCard({ room }: { room: Room }) {
  const client = useClient();
  const task = useTask();
  const [, navigate] = useLocation();
  const isIn = useStore((state) => state.rooms?.has(room.id) ?? false);
  const enter = async () => {
    if (isIn || (await task.run(() => client.joinRoom(room.id)))) navigate(roomPath(room.id));
  };
  return (
    <li className="card-room">
      <div>
        <h2 dir="auto">#{room.name}</h2>
        {room.topic !== "" && <p dir="auto">{room.topic}</p>}
        <small>
          {room.memberCount} {room.memberCount === 1 ? "member" : "members"}
          {room.archivedAt !== null && " · archived"}
        </small>
        <p className="err" role="alert">
          {task.problem?.message}
        </p>
      </div>
      <button
        type="button"
        className={isIn ? "button" : "button primary"}
        aria-label={`${isIn ? "Open" : "Join"} ${room.name ?? ""}`}
        disabled={task.busy}
        onClick={() => void enter()}
      >
        {isIn ? "Open" : task.busy ? "Joining…" : "Join"}
      </button>
    </li>
  );
}
