import { useRef, useState, type SubmitEvent } from "react";
import { LIMITS } from "../../../src/protocol/limits.js";
import { PasswordField } from "../../components/field.js";
import { useClient, useMe } from "../../hooks/chat-context.js";
import { useTask } from "../../hooks/use-task.js";
import { passwordProblem } from "../../logic/account-checks.js";
import { FormProblem } from "../sign-in/form-problem.js";

/** A new password; every other session ends with it. */
export function PasswordForm() {
  const client = useClient();
  const me = useMe();
  const task = useTask();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [errors, setErrors] = useState<{ current?: string | null; next?: string | null }>({});
  const [saved, setSaved] = useState(false);
  const currentField = useRef<HTMLInputElement>(null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const found = { current: current === "" ? "Type your present password." : null, next: passwordProblem(next) };
    setErrors(found);
    setSaved(false);
    if (found.current || found.next) return;
    const done = await task.run(() => client.changePassword({ current, next }));
    setSaved(done);
    if (!done) return currentField.current?.focus();
    setCurrent("");
    setNext("");
  };
  const wrong = task.problem?.code === "invalid_credentials" ? "This is not your present password." : null;
  return (
    <section>
      <h2>Password</h2>
      <form noValidate onSubmit={(event) => void submit(event)}>
        {/* password managers want to know whose password this is */}
        <input type="text" name="username" autoComplete="username" value={me.username} readOnly hidden />
        <PasswordField
          label="Present password"
          autoComplete="current-password"
          value={current}
          onValue={setCurrent}
          error={errors.current ?? wrong ?? task.problem?.fields.get("current")}
          inputRef={currentField}
        />
        <PasswordField
          label="New password"
          autoComplete="new-password"
          value={next}
          onValue={setNext}
          error={errors.next ?? task.problem?.fields.get("next")}
          hint={`${LIMITS.passwordMinBytes} characters or more. Everywhere else you will be logged out.`}
        />
        {wrong === null && <FormProblem problem={task.problem} shownAtField={["current", "next"]} />}
        <div className="actions">
          <span role="status">{saved && "Changed. Other sessions have ended."}</span>
          <button className="button" disabled={task.busy}>
            Change password
          </button>
        </div>
      </form>
    </section>
  );
}
