import { useRef, useState, type SubmitEvent } from "react";
import { useLocation } from "wouter";
import { LIMITS } from "../../../src/protocol/limits.js";
import { Dialog } from "../../components/dialog.js";
import { TextField } from "../../components/field.js";
import { useClient } from "../../hooks/chat-context.js";
import { useTask } from "../../hooks/use-task.js";
import { nameProblem } from "../../logic/account-checks.js";
import { KindChoice } from "../room/kind-choice.js";
import { roomPath } from "../../logic/paths.js";
import { FormProblem } from "../sign-in/form-problem.js";

/** Makes a room and goes there. A public name that is taken is said at its field. */
export function CreateRoomDialog({ onClose }: { onClose: () => void }) {
  const client = useClient();
  const task = useTask();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [topic, setTopic] = useState("");
  const [kind, setKind] = useState<"public" | "private">("public");
  const [errors, setErrors] = useState<{ name?: string | null; topic?: string | null }>({});
  const nameField = useRef<HTMLInputElement>(null);
  const made = useRef(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const found = {
      name: nameProblem(name, { max: LIMITS.roomNameMax, required: true }),
      topic: nameProblem(topic, { max: LIMITS.topicMax, required: false }),
    };
    setErrors(found);
    if (found.name) return nameField.current?.focus();
    if (found.topic) return;
    const done = await task.run(async () => {
      const view = await client.createRoom({ name: name.trim(), kind, ...(topic.trim() && { topic: topic.trim() }) });
      made.current = true;
      onClose();
      navigate(roomPath(view.room.id));
    });
    if (!done) nameField.current?.focus();
  };

  const taken = task.problem?.code === "conflict" ? "There is a public room of this name. Choose another one." : null;
  return (
    <Dialog title="Create a room" onClose={onClose} initialFocus={nameField} focusReturns={() => !made.current}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <TextField
          label="Name"
          autoComplete="off"
          value={name}
          onValue={setName}
          error={errors.name ?? taken ?? task.problem?.fields.get("name")}
          inputRef={nameField}
        />
        <TextField
          label="Topic"
          aside="optional"
          autoComplete="off"
          value={topic}
          onValue={setTopic}
          error={errors.topic ?? task.problem?.fields.get("topic")}
        />
        <KindChoice value={kind} onChange={setKind} />
        {taken === null && <FormProblem problem={task.problem} shownAtField={["name", "topic"]} />}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button className="button primary" disabled={task.busy}>
            {task.busy ? "Creating…" : "Create room"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
