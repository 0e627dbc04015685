import { useRef, useState, type RefObject, type SubmitEvent } from "react";
import { PasswordField, TextField } from "../../components/field.js";
import { useClient } from "../../hooks/chat-context.js";
import { useSecondsUntil } from "../../hooks/timers.js";
import { useTask } from "../../hooks/use-task.js";
import { FormProblem } from "./form-problem.js";

/** Log in with name and password. After a mistake the name stays and the password is asked again. */
export function LogInForm({
  username,
  onUsername,
  nameFixed = false,
  passwordField: givenField,
}: {
  username: string;
  onUsername: (username: string) => void;
  /** a session of this very account is renewed: nobody else's */
  nameFixed?: boolean;
  /** for whoever decides where the focus begins */
  passwordField?: RefObject<HTMLInputElement | null>;
}) {
  const client = useClient();
  const task = useTask();
  const waiting = useSecondsUntil(task.problem?.retryAt ?? null) > 0;
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<{ username?: string; password?: string }>({});
  const nameField = useRef<HTMLInputElement>(null);
  const ownField = useRef<HTMLInputElement>(null);
  const passwordField = givenField ?? ownField;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const found = {
      ...(username.trim() === "" && { username: "Type your username." }),
      ...(password === "" && { password: "Type your password." }),
    };
    setMissing(found);
    if (found.username) return nameField.current?.focus();
    if (found.password) return passwordField.current?.focus();
    const done = await task.run(() => client.logIn({ username: username.trim(), password }));
    if (done) return;
    passwordField.current?.focus();
    passwordField.current?.select();
  };

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        label="Username"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        readOnly={nameFixed}
        value={username}
        onValue={onUsername}
        error={missing.username ?? task.problem?.fields.get("username")}
        inputRef={nameField}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        value={password}
        onValue={setPassword}
        error={missing.password ?? task.problem?.fields.get("password")}
        inputRef={passwordField}
      />
      <button className="button primary wide go" disabled={task.busy || waiting}>
        {task.busy ? "Logging in…" : "Log in"}
      </button>
      <FormProblem problem={task.problem} shownAtField={["username", "password"]} />
    </form>
  );
}
