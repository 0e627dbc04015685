/** Something a person set going: whether it is under way, and what came of it. */
import { useCallback, useEffect, useRef, useState } from "react";
import { describeProblem, type Problem } from "../text/problems.js";

export interface Task {
  busy: boolean;
  problem: Problem | null;
  /** Runs the work unless one is under way; true when it went well. A failure ends up in `problem`, it is never thrown. */
  run(work: () => Promise<unknown>): Promise<boolean>;
  clear(): void;
}

/** Gives a form or button its busy state and its problem, both as texts to show. */
export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef(false);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  const run = useCallback(async (work: () => Promise<unknown>) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await work();
      return true;
    } catch (error) {
      if (mounted.current) setProblem(describeProblem(error));
      return false;
    } finally {
      running.current = false;
      if (mounted.current) setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setProblem(null), []);
  return { busy, problem, run, clear };
}
