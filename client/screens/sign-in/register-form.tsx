import { useRef, useState, type SubmitEvent } from "react";
import { LIMITS } from "../../../src/protocol/limits.js";
import type { ServerInfo } from "../../../src/protocol/shapes.js";
import { PasswordField, TextField } from "../../components/field.js";
import { useClient } from "../../hooks/chat-context.js";
import { useSecondsUntil } from "../../hooks/timers.js";
import { useTask } from "../../hooks/use-task.js";
import { nameProblem, passwordProblem, usernameProblem } from "../../logic/account-checks.js";
import type { Problem } from "../../text/problems.js";
import { FormProblem } from "./form-problem.js";

const CLOSED_WORDS = {
  closed: "This server takes no new accounts. Ask the people who run it.",
  invite: "This server takes new accounts by invitation only. Ask the people who run it.",
} as const;

/** Make an account: three fields, one of them optional. What can be checked here is, before the server is asked. */
export function RegisterForm({
  username,
  onUsername,
  registration,
}: {
  username: string;
  onUsername: (username: string) => void;
  registration: ServerInfo["registration"];
}) {
  const client = useClient();
  const task = useTask();
  const waiting = useSecondsUntil(task.problem?.retryAt ?? null) > 0;
  const [displayName, setDisplayName] = useState("");
  const [password, setPassword] = useState("");
  // Nobody is told off before the first try; from then on the words follow what is typed.
  const [tried, setTried] = useState(false);
  const [first, setFirst] = useState(false);
  const nameField = useRef<HTMLInputElement>(null);
  const displayField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);

  if (registration !== "open" && !first) {
    return (
      <>
        <p className="note" role="status">
          {CLOSED_WORDS[registration]}
        </p>
        {/* The very first account is let in whatever the setting says, and only the server knows whether there is one. */}
        <button type="button" className="textual" onClick={() => setFirst(true)}>
          I have just set this server up
        </button>
      </>
    );
  }

  const found = {
    username: usernameProblem(username.trim()),
    displayName: nameProblem(displayName, { max: LIMITS.displayNameMax, required: false }),
    password: passwordProblem(password),
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (found.username) return nameField.current?.focus();
    if (found.displayName) return displayField.current?.focus();
    if (found.password) return passwordField.current?.focus();
    const name = displayName.trim();
    await task.run(() =>
      client.register({ username: username.trim(), password, ...(name !== "" && { displayName: name }) }),
    );
  };

  const errors: Partial<typeof found> = tried ? found : {};
  const at = atFields(task.problem);
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        label="Username"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        value={username}
        onValue={onUsername}
        error={errors.username ?? at.username}
        inputRef={nameField}
      />
      <TextField
        label="Display name"
        aside="optional"
        name="displayName"
        autoComplete="name"
        value={displayName}
        onValue={setDisplayName}
        error={errors.displayName ?? at.displayName}
        inputRef={displayField}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        value={password}
        onValue={setPassword}
        error={errors.password ?? at.password}
        hint={`${LIMITS.passwordMinBytes} characters or more.`}
        inputRef={passwordField}
      />
      <button className="button primary wide go" disabled={task.busy || waiting}>
        {task.busy ? "Creating your account…" : "Create account"}
      </button>
      {at.username === undefined && (
        <FormProblem problem={task.problem} shownAtField={["username", "displayName", "password"]} />
      )}
    </form>
  );
}

/** The server's word about each field; a taken name belongs to its field although the answer names none. */
function atFields(problem: Problem | null): { username?: string; displayName?: string; password?: string } {
  if (problem === null) return {};
  if (problem.code === "username_taken") return { username: "This name is taken. Choose another one." };
  return Object.fromEntries(problem.fields);
}
