import { useId } from "react";

const KINDS = [
  ["public", "Public", "Everybody on this server can find it and join."],
  ["private", "Private", "Only those who are invited know of it."],
] as const;

/** Public or private, with what that means. */
export function KindChoice({
  value,
  onChange,
}: {
  value: "public" | "private";
  onChange: (kind: "public" | "private") => void;
}) {
  const name = useId();
  return (
    <fieldset>
      <legend>Who can come in</legend>
      {KINDS.map(([kind, label, hint]) => (
        <label key={kind} className="choice">
          <input type="radio" name={name} checked={value === kind} onChange={() => onChange(kind)} />
          <span>
            {label}
            <small>{hint}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
