import { useState, type SubmitEvent } from "react";
import { LIMITS } from "../../../src/protocol/limits.js";
import { TextField } from "../../components/field.js";
import { useClient, useMe } from "../../hooks/chat-context.js";
import { useTask } from "../../hooks/use-task.js";
import { nameProblem } from "../../logic/account-checks.js";
import { FormProblem } from "../sign-in/form-problem.js";

/** How others see one's name. */
export function NameForm() {
  const client = useClient();
  const me = useMe();
  const task = useTask();
  const [name, setName] = useState(me.displayName);
  const [error, setError] = useState<string | null>(null);
  const [saved, setSaved] = useState(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const found = nameProblem(name, { max: LIMITS.displayNameMax, required: true });
    setError(found);
    setSaved(false);
    if (found === null) setSaved(await task.run(() => client.updateMe({ displayName: name.trim() })));
  };
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        label="Display name"
        aside={`you log in as ${me.username}`}
        autoComplete="name"
        value={name}
        onValue={(value) => {
          setName(value);
          setSaved(false);
        }}
        error={error ?? task.problem?.fields.get("displayName")}
      />
      <FormProblem problem={task.problem} shownAtField={["displayName"]} />
      <div className="actions">
        <span role="status">{saved && "Saved."}</span>
        <button className="button" disabled={task.busy || name.trim() === me.displayName}>
          Save name
        </button>
      </div>
    </form>
  );
}
