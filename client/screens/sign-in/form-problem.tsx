import { useSecondsUntil } from "../../hooks/timers.js";
import type { Problem } from "../../text/problems.js";

/** A form's own error, with the moment from which another try makes sense. The countdown is not read out at every second. */
export function FormProblem({ problem, shownAtField = [] }: { problem: Problem | null; shownAtField?: string[] }) {
  const seconds = useSecondsUntil(problem?.retryAt ?? null);
  const elsewhere = problem !== null && shownAtField.some((path) => problem.fields.has(path));
  return (
    <>
      <p className="note bad" role="alert">
        {problem !== null && !elsewhere && problem.message}
        {problem?.retryAt !== null && problem !== null && ` Try again at ${clock(problem.retryAt)}.`}
      </p>
      {seconds > 0 && <p className="hint">You can try again in {seconds} s.</p>}
    </>
  );
}

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const clock = (moment: number) => time.format(moment);
