/** What an import has done, counted and told. */
import type { Happening, Skipped } from "./happenings.js";
import type { LogLine } from "./read/files.js";

export interface Summary {
  files: number;
  lines: number;
  /** lines that were there from an earlier run */
  linesBefore: number;
  users: number;
  messages: number;
  joins: number;
  /** joins of people whom nobody saw come, but who spoke */
  impliedJoins: number;
  leaves: number;
  renames: number;
  /** messages that were too long for one */
  split: number;
  skipped: Map<Skipped, number>;
  badBytes: number;
  controls: number;
  clamped: number;
  seconds: number;
}

export function emptySummary(): Summary {
  const counts = { files: 0, lines: 0, linesBefore: 0, users: 0, messages: 0, joins: 0, impliedJoins: 0, leaves: 0 };
  return { ...counts, renames: 0, split: 0, skipped: new Map(), badBytes: 0, controls: 0, clamped: 0, seconds: 0 };
}

export function countLine(summary: Summary, line: LogLine, outcome: readonly Happening[] | Skipped): void {
  summary.badBytes += line.badBytes;
  summary.controls += line.controls;
  summary.clamped += line.clamped ? 1 : 0;
  if (typeof outcome === "string") {
    summary.skipped.set(outcome, (summary.skipped.get(outcome) ?? 0) + 1);
    return;
  }
  const messages = outcome.filter(({ kind }) => kind === "message").length;
  summary.messages += messages;
  summary.split += messages > 1 ? 1 : 0;
  summary.joins += outcome.filter(({ kind }) => kind === "join").length;
  summary.impliedJoins += outcome.filter((happening) => happening.kind === "join" && happening.implied).length;
  summary.leaves += outcome.filter(({ kind }) => kind === "leave").length;
  summary.renames += line.said.kind === "rename" ? 1 : 0;
}

const number = new Intl.NumberFormat("en");
const count = (value: number, one: string, many = `${one}s`) => `${number.format(value)} ${value === 1 ? one : many}`;

/** Line by line, for a terminal. */
export function tell(summary: Summary, room: string): string[] {
  const { files, lines, linesBefore, users, messages, joins, impliedJoins, leaves, renames, split } = summary;
  const before = linesBefore === 0 ? "" : `, ${number.format(linesBefore)} of them there already`;
  const skipped = [...summary.skipped].sort(([, a], [, b]) => b - a);
  const mended = [
    ...(summary.badBytes > 0 ? [`${count(summary.badBytes, "bad byte")} read as Windows-1252`] : []),
    ...(summary.controls > 0 ? [`${count(summary.controls, "control character")} taken out`] : []),
    ...(summary.clamped > 0 ? [`${count(summary.clamped, "line")} clamped to the moment before`] : []),
    ...(split > 0 ? [`${count(split, "long text")} split`] : []),
  ];
  const added = `Into ${room}: ${count(messages, "message")}, ${count(joins, "join")} (${number.format(impliedJoins)} of people who only spoke), ${count(leaves, "leave")}; ${count(renames, "rename")} among them. ${count(users, "new account")}.`;
  return [
    `${count(files, "file")}, ${count(lines, "line")}${before}, in ${summary.seconds.toFixed(1)} s.`,
    messages + joins + leaves === 0 ? `Nothing was new in ${room}.` : added,
    ...(skipped.length > 0
      ? [`Skipped: ${skipped.map(([reason, times]) => `${number.format(times)} ${reason}`).join(", ")}.`]
      : []),
    ...(mended.length > 0 ? [`Mended: ${mended.join(", ")}.`] : []),
  ];
}
