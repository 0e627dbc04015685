import type { ComponentProps } from "react";
import { useClient } from "../../hooks/chat-context.js";
import { useTask } from "../../hooks/use-task.js";

/** Stands for entries that could not be loaded: shown, never hidden. */
export function HoleBar({
  roomId,
  after,
  before,
  ...shared
}: Omit<ComponentProps<"article">, "children"> & { roomId: string; after: number; before: number }) {
  const client = useClient();
  const task = useTask();
  const count = before - after - 1;
  const words = count === 1 ? "One entry is not loaded." : `${count.toLocaleString()} entries are not loaded.`;
  return (
    <article {...shared} aria-label={words}>
      <div className={task.problem === null ? "bar" : "bar bad"}>
        <span role="alert">{task.problem === null ? words : `${words} ${task.problem.message}`}</span>
        <button
          type="button"
          className="textual"
          disabled={task.busy}
          onClick={() => void task.run(() => client.fillHole(roomId, after))}
        >
          {task.busy ? "Loading…" : task.problem === null ? "Load them" : "Try again"}
        </button>
      </div>
    </article>
  );
}
