/** What the doctor finds, and how it is told. */

export type Level = "ok" | "warning" | "wrong";

export interface Finding {
  /** the part of the installation it is about */
  check: string;
  level: Level;
  says: string;
  /** what to do; null when all is well */
  remedy: string | null;
}

export type Found = Omit<Finding, "check">;

export const ok = (says: string): Found => ({ level: "ok", says, remedy: null });
export const warning = (says: string, remedy: string): Found => ({ level: "warning", says, remedy });
export const wrong = (says: string, remedy: string): Found => ({ level: "wrong", says, remedy });

/** Two lines at most for each, and one at the end that sums up. */
export function describe(findings: readonly Finding[]): string[] {
  const lines = findings.flatMap(({ check, level, says, remedy }) => [
    `${level.padEnd(7)}  ${check.padEnd(9)}  ${says}`,
    ...(remedy === null ? [] : [`${" ".repeat(20)}→ ${remedy}`]),
  ]);
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const warnings = count("warning") === 0 ? "" : ` ${plural(count("warning"), "warning")}.`;
  return [...lines, `${count("wrong") === 0 ? "Nothing is wrong." : `${count("wrong")} wrong.`}${warnings}`];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
