/** Finds the room that a person means, and writes its lines to a file or to standard output. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { codeOf } from "../../infra/error-facts.js";
import type { RoomRecord } from "../../log/intents.js";
import type { Room } from "../../protocol/shapes.js";
import { foldCase } from "../../protocol/text.js";
import { CommandError, goOn, type Cli } from "../cli.js";
import { refuseExisting, writeWhole } from "../files.js";
import { withData, type Data } from "../open.js";
import { exportLines, withHead } from "./lines.js";

export interface ExportOptions {
  force?: true;
}

const LINES_AT_ONCE = 100;

/** Exports one room, beside a running server or without one. */
export async function exportRoom(cli: Cli, wanted: string, file: string | undefined, { force }: ExportOptions) {
  const path = file === undefined ? null : cli.path(file);
  if (path !== null && force !== true) await refuseExisting(path);
  await withData(cli, { command: "export", access: "shared" }, async (data) => {
    const found = await withHead(data, await findRoom(data, wanted));
    const lines = inLines(cli, data, found);
    if (path === null) await toOutput(cli, lines);
    else {
      await writeWhole(path, async (write) => {
        for await (const line of lines) await write(line);
      });
      cli.print(`Exported ${found.head.toLocaleString("en-US")} entries of ${found.name ?? found.id} into ${path}.`);
    }
  });
}

/** @throws CommandError when there is none, or several */
async function findRoom({ rooms }: Data, wanted: string): Promise<RoomRecord> {
  const byId = await rooms.room(wanted);
  if (byId !== null) return byId;
  const found = await rooms.models[0].find({ nameKey: foldCase(wanted) }, { _id: 1, kind: 1 }).lean();
  const [only, ...others] = found;
  const record = only === undefined ? null : await rooms.room(only._id);
  if (record === null) throw new CommandError(`There is no room of the name or id ${wanted}.`);
  if (others.length === 0) return record;
  const ids = found.map(({ _id, kind }) => `${_id} (${kind})`).join(", ");
  throw new CommandError(`Several rooms are called ${wanted}. Name one by its id: ${ids}.`);
}

/** Some kilobytes at a time. */
async function* inLines(cli: Cli, data: Data, room: Room) {
  const progress = cli.progress("Exporting", room.head);
  let waiting: string[] = [];
  try {
    for await (const line of exportLines(data, room)) {
      waiting.push(`${JSON.stringify(line)}\n`);
      if (waiting.length < LINES_AT_ONCE) continue;
      goOn(cli);
      yield waiting.join("");
      waiting = [];
      if (line.type === "entry") progress.update(line.entry.seq);
    }
    yield waiting.join("");
  } finally {
    progress.stop();
  }
}

/** Whoever reads may stop reading (`| head`): that is no failure. */
async function toOutput(cli: Cli, lines: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), cli.output, { end: false });
  } catch (error) {
    if (codeOf(error) !== "EPIPE") throw error;
  }
}
