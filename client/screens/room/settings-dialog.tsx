import { useState, type SubmitEvent } from "react";
import { LIMITS } from "../../../src/protocol/limits.js";
import { Dialog } from "../../components/dialog.js";
import { TextField } from "../../components/field.js";
import { useClient } from "../../hooks/chat-context.js";
import { useTask } from "../../hooks/use-task.js";
import { nameProblem } from "../../logic/account-checks.js";
import { mayArchive, mayChangeKind, mayDescribe } from "../../logic/permissions.js";
import type { RoomState } from "../../sdk/types.js";
import { FormProblem } from "../sign-in/form-problem.js";
import { KindChoice } from "./kind-choice.js";

/** Name, topic, kind and archive: each for those whose role allows it. */
export function SettingsDialog({ room, onClose }: { room: RoomState; onClose: () => void }) {
  const facts = room.view.room;
  const role = room.view.membership?.role ?? "member";
  return (
    <Dialog title="Room settings" onClose={onClose}>
      {mayDescribe(role, facts) && <Describe room={room} onClose={onClose} />}
      {mayArchive(role, facts) && <Archive room={room} onClose={onClose} />}
    </Dialog>
  );
}

function Describe({ room, onClose }: { room: RoomState; onClose: () => void }) {
  const client = useClient();
  const task = useTask();
  const facts = room.view.room;
  const [name, setName] = useState(facts.name ?? "");
  const [topic, setTopic] = useState(facts.topic);
  const [kind, setKind] = useState<"public" | "private">(facts.kind === "public" ? "public" : "private");
  const [errors, setErrors] = useState<{ name?: string | null; topic?: string | null }>({});
  const asOwner = mayChangeKind(room.view.membership?.role ?? "member", facts);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const found = {
      name: nameProblem(name, { max: LIMITS.roomNameMax, required: true }),
      topic: nameProblem(topic, { max: LIMITS.topicMax, required: false }),
    };
    setErrors(found);
    if (found.name || found.topic) return;
    const changes = {
      ...(name.trim() !== facts.name && { name: name.trim() }),
      ...(topic.trim() !== facts.topic && { topic: topic.trim() }),
      ...(kind !== facts.kind && { kind }),
    };
    if (Object.keys(changes).length === 0) return onClose();
    if (await task.run(() => client.updateRoom(facts.id, changes))) onClose();
  };

  const taken = task.problem?.code === "conflict" ? "There is a public room of this name. Choose another one." : null;
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        label="Name"
        autoComplete="off"
        value={name}
        onValue={setName}
        error={errors.name ?? taken ?? task.problem?.fields.get("name")}
      />
      <TextField
        label="Topic"
        aside="optional"
        autoComplete="off"
        value={topic}
        onValue={setTopic}
        error={errors.topic ?? task.problem?.fields.get("topic")}
      />
      {asOwner && <KindChoice value={kind} onChange={setKind} />}
      {taken === null && <FormProblem problem={task.problem} shownAtField={["name", "topic"]} />}
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button className="button primary" disabled={task.busy}>
          {task.busy ? "Saving…" : "Save"}
        </button>
      </div>
    </form>
  );
}

function Archive({ room, onClose }: { room: RoomState; onClose: () => void }) {
  const client = useClient();
  const task = useTask();
  const { id, archivedAt } = room.view.room;
  const archived = archivedAt !== null;
  const change = async () => {
    if (await task.run(() => client.updateRoom(id, { archived: !archived }))) onClose();
  };
  return (
    <section>
      <h2>{archived ? "Open it again" : "Archive"}</h2>
      <p className="lead">
        {archived
          ? "Its members can write again."
          : "It can still be read and left, but nothing new can be written. You can open it again later."}
      </p>
      <FormProblem problem={task.problem} />
      <div className="actions">
        <button type="button" className="button" disabled={task.busy} onClick={() => void change()}>
          {archived ? "Open room again" : "Archive room"}
        </button>
      </div>
    </section>
  );
}
