import { useEffect, useRef, useState } from "react";
import { LIMITS } from "../../../src/protocol/limits.js";
import type { User } from "../../../src/protocol/shapes.js";
import { Dialog } from "../../components/dialog.js";
import { Face } from "../../components/face.js";
import { TextField } from "../../components/field.js";
import { useClient } from "../../hooks/chat-context.js";
import { useTask } from "../../hooks/use-task.js";
import { roomName } from "../../logic/room-list.js";
import type { RoomState } from "../../sdk/types.js";
import { describeProblem } from "../../text/problems.js";

/** Keys typed closer together than this make one search. */
const PAUSE_MS = 200;

/** Finds people by name and puts them into the room. */
export function InviteDialog({ room, onClose }: { room: RoomState; onClose: () => void }) {
  const client = useClient();
  const [problem, setProblem] = useState<string | null>(null);
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<{ query: string; users: readonly User[] } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const wanted = query.trim();

  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      if (wanted === "") return setFound(null);
      client.findUsers(wanted).then(
        (users) => {
          if (!current) return;
          setFound({ query: wanted, users });
          setProblem(null);
        },
        (error: unknown) => {
          if (current) setProblem(describeProblem(error).message);
        },
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, wanted]);

  const here = new Set(room.members?.map((member) => member.user.id));
  return (
    <Dialog title={`Invite to ${roomName(room)}`} onClose={onClose} initialFocus={field}>
      <TextField
        label="Find people by name"
        type="search"
        autoComplete="off"
        maxLength={LIMITS.queryMax}
        value={query}
        onValue={setQuery}
        error={problem}
        inputRef={field}
      />
      <div className="found">
        <p className="hint" role="status">
          {found !== null && found.users.length === 0 && `Nobody is called “${found.query}”. Try fewer letters.`}
        </p>
        <ul>
          {found?.users.map((user) => (
            <Candidate key={user.id} user={user} roomId={room.view.room.id} isHere={here.has(user.id)} />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function Candidate({ user, roomId, isHere }: { user: User; roomId: string; isHere: boolean }) {
  const client = useClient();
  const task = useTask();
  const [invited, setInvited] = useState(false);
  const done = isHere || invited;
  const invite = async () => {
    if (await task.run(() => client.putMember(roomId, user.id))) setInvited(true);
  };
  return (
    <li className="person">
      <Face user={user} />
      <div>
        <div className="name" dir="auto">
          {user.displayName}
        </div>
        <small>@{user.username}</small>
        <p className="err" role="alert">
          {task.problem?.message}
        </p>
      </div>
      <span role="status">{done && "In the room"}</span>
      {!done && (
        <button
          type="button"
          className="button"
          aria-label={`Invite ${user.displayName}`}
          disabled={task.busy}
          onClick={() => void invite()}
        >
          Invite
        </button>
      )}
    </li>
  );
}
