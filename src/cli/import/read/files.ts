/** The files of an import: found, dated by their names, and read line by line. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { CommandError } from "../../cli.js";
import { codeOf, reasonOf } from "../../../infra/error-facts.js";
import type { Clock } from "./clock.js";
import { parseLine, type Said } from "./lines.js";
import { repair } from "./repair.js";

export interface LogFile {
  path: string;
  /** without its folder: with the line's number it makes a line's ids, so that a file may move */
  name: string;
  /** midnight of its day, in milliseconds since 1970 */
  date: number;
}

export interface LogLine {
  /** the same in every run: file, number and words */
  id: string;
  said: Said;
  at: number;
  clamped: boolean;
  badBytes: number;
  controls: number;
}

const DATE = /(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)/;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

function dateOf(name: string): number | null {
  const [, year, month, day] = DATE.exec(name) ?? [];
  const date = Date.parse(`${year}-${month}-${day}T00:00:00.000Z`);
  // Date.parse takes the 31st of every month.
  return new Date(date || 0).getUTCDate() === Number(day) ? date : null;
}

function cannotRead(path: string, error: unknown): CommandError {
  const why = codeOf(error) === "ENOENT" ? "There is no such file or folder" : `It cannot be read (${reasonOf(error)})`;
  return new CommandError(`${path}: ${why}.`);
}

async function expand(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = (await readdir(path)).filter((name) => name.endsWith(".txt")).sort();
    if (names.length === 0) throw new CommandError(`${path}: This folder has no .txt files.`);
    return names.map((name) => join(path, name));
  } catch (error) {
    throw error instanceof CommandError ? error : cannotRead(path, error);
  }
}

/**
 * The files that were named, those of folders among them, by date and then name.
 *
 * @throws CommandError for one that is not there, has no date in its name, or has another one's name
 */
export async function findFiles(paths: readonly string[]): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for (const path of (await Promise.all(paths.map(expand))).flat()) {
    const name = basename(path);
    const date = dateOf(name);
    if (date === null)
      throw new CommandError(`${path}: Its name must hold the day of its lines, like 2004-12-25.txt. Rename it.`);
    const twin = files.find((file) => file.name === name);
    if (twin !== undefined)
      throw new CommandError(`${path} and ${twin.path} have the same name. Rename one: lines are known by it.`);
    files.push({ path, name, date });
  }
  return files.sort((a, b) => a.date - b.date || (a.name < b.name ? -1 : 1));
}

/** The lines' bytes, without their ends, and without the mark that some editors put at the beginning. */
function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  for (let from = hasMark ? 3 : 0; from < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, from);
    const end = feed === -1 ? bytes.length : feed;
    lines.push(bytes.subarray(from, bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end));
    from = end + 1;
  }
  return lines;
}

async function readLines({ path }: LogFile): Promise<Uint8Array[]> {
  try {
    return splitLines(await readFile(path));
  } catch (error) {
    throw cannotRead(path, error);
  }
}

/** How many lines a file has. @throws CommandError when there is none that belongs in a log */
export async function countLines(file: LogFile): Promise<number> {
  const lines = await readLines(file);
  const isLog = lines.some((bytes) => parseLine(repair(bytes).text).said.kind !== "unusable");
  if (!isLog) throw new CommandError(`${file.path}: No line of it looks like "[09:14] <nick> text". Leave it out.`);
  return lines.length;
}

const idOf = (file: LogFile, number: number, text: string) =>
  createHash("sha256")
    .update(JSON.stringify([file.name, number, text]))
    .digest("hex");

/** The lines of a file, in order. The clock goes on from the file before. */
export async function readLog(file: LogFile, clock: Clock): Promise<LogLine[]> {
  const lines = (await readLines(file)).map((bytes) => {
    const { text, ...mended } = repair(bytes);
    return { text, ...mended, ...parseLine(text) };
  });
  clock.startFile(file.date);
  // What stands before the first line with a time is of its minute.
  const first = lines.find(({ minute }) => minute !== null)?.minute ?? null;
  let hasTime = false;
  return lines.map(({ text, said, minute, badBytes, controls }, index) => {
    hasTime ||= minute !== null;
    const { at, clamped } = clock.tell(hasTime ? minute : first);
    return { id: idOf(file, index + 1, text), said, at, clamped: clamped && minute !== null, badBytes, controls };
  });
}
