/** Labelled fields. The place for an error stands in the page before there is one, so that it is read out when it comes. */
import { useId, useState, type ComponentProps, type ReactNode, type Ref } from "react";

interface FieldProps extends Omit<ComponentProps<"input">, "onChange" | "value" | "ref"> {
  label: string;
  /** said beside the label, lighter */
  aside?: string;
  value: string;
  onValue: (value: string) => void;
  error?: string | null | undefined;
  hint?: ReactNode;
  inputRef?: Ref<HTMLInputElement>;
}

/** One line of text, with its label, hint and error. */
export function TextField({ label, aside, value, onValue, error, hint, inputRef, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {aside !== undefined && <span className="aside">({aside})</span>}
      </label>
      <input
        {...input}
        ref={inputRef}
        id={id}
        className="input"
        value={value}
        onChange={(event) => onValue(event.target.value)}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
      />
      <FieldWords id={id} hint={hint} error={error} />
    </div>
  );
}

/** A password with a button that shows it; pasting and password managers are welcome. */
export function PasswordField({ label, aside, value, onValue, error, hint, inputRef, ...input }: FieldProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {aside !== undefined && <span className="aside">({aside})</span>}
      </label>
      <div className="holder">
        <input
          {...input}
          ref={inputRef}
          id={id}
          className="input with-show"
          type={shown ? "text" : "password"}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          value={value}
          onChange={(event) => onValue(event.target.value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, hint, error)}
        />
        <button
          type="button"
          className="show"
          aria-label={shown ? `Hide ${label.toLowerCase()}` : `Show ${label.toLowerCase()}`}
          onClick={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
        </button>
      </div>
      <FieldWords id={id} hint={hint} error={error} />
    </div>
  );
}

function describedBy(id: string, hint: ReactNode, error: string | null | undefined): string | undefined {
  const ids = [error ? `${id}-error` : "", hint && !error ? `${id}-hint` : ""].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : undefined;
}

function FieldWords({ id, hint, error }: { id: string; hint: ReactNode; error: string | null | undefined }) {
  return (
    <>
      <p className="err" role="alert" id={`${id}-error`}>
        {error}
      </p>
      {hint && !error && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </>
  );
}
