/** Imports IRC logs into a room, each line once, however often it is run. docs/importing.md says what becomes of what. */
import type { Data } from "../open.js";
import { CommandError } from "../cli.js";
import { openCast, type Cast } from "./cast.js";
import { createPeople, happen, type People } from "./happenings.js";
import { createClock } from "./read/clock.js";
import { countLines, findFiles, readLog, type LogFile, type LogLine } from "./read/files.js";
import { findTarget, headOf, makeRoom, type RoomWish, type Target } from "./room.js";
import { countLine, emptySummary, type Summary } from "./summary.js";
import { createWriter, type Step, type Writer } from "./writer.js";

interface ImportOptions extends RoomWish {
  paths: readonly string[];
  /** told before the first line; and with the number of lines done */
  onProgress(done: number, total: number): void;
}

/** One transaction: entries at most, and of them such as change who is in the room, each of which costs two writes more. */
const BATCH_ENTRIES = 500;
const BATCH_CHANGES = 100;

/** The first line that is still to be done. */
interface Start {
  file: number;
  line: number;
}

/**
 * Where an earlier run stopped. Lines go in in their order, so it is behind the last one that left an entry: looked for from
 * the end, where the answer mostly is.
 */
async function findStart(files: readonly LogFile[], writer: Writer): Promise<Start> {
  for (let file = files.length - 1; file >= 0; file -= 1) {
    const lines = await readLog(files[file] as LogFile, createClock());
    const last = await writer.lastWritten(lines);
    if (last >= 0) return { file, line: last + 1 };
  }
  return { file: 0, line: 0 };
}

/** Who is in the room when the import begins; one that is made has its owner in it, who may be of the log themselves. */
async function peopleOf(data: Data, cast: Cast, { roomId, ownerId }: Target): Promise<People> {
  const members = roomId === null ? [{ userId: ownerId, role: "owner" }] : await data.rooms.membersOf(roomId);
  return createPeople(
    members.flatMap(({ userId, role }) => {
      const nick = cast.nickOf(userId);
      return nick === null ? [] : [{ nick, stays: role !== "member" }];
    }),
  );
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

/**
 * Lines go in at the end alone, so that a file before the one where an earlier run stopped is in the room, or never will be.
 *
 * @throws CommandError for one that is not: it was added later, or has another name or other lines now
 */
async function refuseMissed(files: readonly LogFile[], start: Start, writer: Writer, room: string): Promise<void> {
  for (const file of files.slice(0, start.file)) {
    const spoken = (await readLog(file, createClock())).find(({ said }) => said.kind === "message");
    if (spoken === undefined || (await writer.lastWritten([spoken])) === 0) continue;
    throw new CommandError(
      `${file.path}: Its lines are not in the room ${room}, and those of later files are: old lines cannot go in before newer ones. Leave it out, or import all files into another room.`,
    );
  }
}

/** @throws CommandError, before anything is written, when the lines cannot go in at the room's end */
async function refuseNewer(data: Data, { roomId, wish }: Target, at: number): Promise<void> {
  if (roomId === null) return;
  const { sentAt } = await headOf(data, roomId);
  if (sentAt <= at) return;
  throw new CommandError(
    `The room ${wish.name} has entries of ${dayOf(sentAt)}, and the first line to import is of ${dayOf(at)}: old lines cannot go in before newer ones. Name another room.`,
  );
}

/** @throws CommandError in one line; what was written until then stays, and the next run goes on behind it */
export async function importIrc(data: Data, { paths, onProgress, ...wish }: ImportOptions): Promise<Summary> {
  const startedAt = performance.now();
  const summary = emptySummary();
  const files = await findFiles(paths);
  let total = 0;
  // One after the other: a folder may hold thousands, and more than memory.
  for (const file of files) total += await countLines(file);
  const newest = files.at(-1);
  if (newest !== undefined && newest.date > data.now())
    throw new CommandError(`${newest.path}: Its day is yet to come. Messages of the future cannot be imported.`);
  const target = await findTarget(data, wish);
  const cast = await openCast(data.users, data.config.bcryptCost);
  const people = await peopleOf(data, cast, target);
  const accountsBefore = cast.size();

  let writer: Writer | null = null;
  if (target.roomId !== null) {
    writer = createWriter(data, cast, target.roomId, (await headOf(data, target.roomId)).seq);
  }
  const start = writer === null ? { file: 0, line: 0 } : await findStart(files, writer);
  if (writer !== null) await refuseMissed(files, start, writer, target.wish.name);

  let steps: Step[] = [];
  let entries = 0;
  let changes = 0;
  let isJudged = false;

  async function flush(): Promise<void> {
    const first = steps[0];
    if (first === undefined) return;
    if (!isJudged) await refuseNewer(data, target, first.line.at);
    isJudged = true;
    writer ??= createWriter(data, cast, await makeRoom(data, target, first.line.at), 1);
    await writer.write(steps);
    for (const { line, happenings } of steps) countLine(summary, line, happenings);
    steps = [];
    entries = 0;
    changes = 0;
  }

  async function take(line: LogLine, where: string): Promise<void> {
    if (line.at > data.now())
      throw new CommandError(
        `${where}: It is of ${new Date(line.at).toISOString()}, which is yet to come (times are taken as UTC). Messages of the future cannot be imported.`,
      );
    const outcome = happen(line, people);
    if (typeof outcome === "string") return countLine(summary, line, outcome);
    steps.push({ line, happenings: outcome });
    entries += outcome.length;
    changes += outcome.filter(({ kind }) => kind !== "message").length;
    if (entries >= BATCH_ENTRIES || changes >= BATCH_CHANGES) await flush();
  }

  const clock = createClock();
  onProgress(0, total);
  for (const [index, file] of files.entries()) {
    const lines = await readLog(file, clock);
    const done = index < start.file ? lines.length : index === start.file ? start.line : 0;
    summary.linesBefore += done;
    for (const [at, line] of lines.entries()) {
      if (at >= done) await take(line, `${file.path}, line ${at + 1}`);
      summary.lines += 1;
      if (summary.lines % BATCH_ENTRIES === 0) onProgress(summary.lines, total);
    }
    summary.files += 1;
  }
  await flush();
  onProgress(total, total);
  summary.users = cast.size() - accountsBefore;
  summary.seconds = (performance.now() - startedAt) / 1_000;
  return summary;
}
