/** `restore FILE`: verified, asked, gathered beside what is there, and then put in its place. */
import { fingerprintOf, replaceSecret } from "../../accounts/credentials/secret.js";
import { isTransientDatabaseError, settingsOf } from "../../infra/database/index.js";
import { reasonOf } from "../../infra/error-facts.js";
import { CommandError, goOn, type Cli } from "../cli.js";
import { withData, type Data } from "../open.js";
import { describeCounts } from "./describe.js";
import { isBackedUp } from "./format.js";
import { openBackup, type Backup } from "./read.js";
import { createStaging, dropStaging } from "./staging.js";

export interface RestoreOptions {
  replace?: true;
  yes?: true;
  abandon?: true;
}

const WORD = "replace";

/** Puts a backup in the place of the data. Nothing is touched before the whole file is verified and the person has agreed. */
export async function restore(cli: Cli, file: string | undefined, options: RestoreOptions): Promise<void> {
  if (options.abandon === true) return await abandon(cli);
  if (file === undefined) throw new CommandError("Name the backup's file. Add --help to see how it is used.");
  const backup = await verify(cli, cli.path(file));
  await withData(cli, { command: "restore", access: "exclusive", evenHalfRestored: true }, async (data) => {
    await agree(cli, data, options);
    const secretNote = await putInPlace(cli, data, backup);
    cli.print(`Restored ${describeCounts(backup.header.counts)}, as of ${backup.header.createdAt}.`);
    if (secretNote !== null) cli.say(secretNote);
    cli.say("Everybody has to log in again; clients load their rooms anew and send what they had not sent yet.");
  });
}

async function verify(cli: Cli, path: string): Promise<Backup> {
  const progress = cli.progress("Verifying", 100);
  try {
    return await openBackup(path, (read, size) => progress.update(Math.round((read / size) * 100)));
  } finally {
    progress.stop();
  }
}

/** @throws CommandError unless the database is empty, or may be replaced */
async function agree(cli: Cli, { connection }: Data, { replace, yes }: RestoreOptions): Promise<void> {
  const mark = await settingsOf(connection).findOne({ _id: "restore" });
  if (mark?.phase === "switching") return cli.say(`Beginning again: the restore of ${mark.file} was not finished.`);
  const counts = await countPresent(connection);
  if (Object.values(counts).every((count) => count === 0)) return;
  const there = `The database is not empty (${describeCounts(counts)})`;
  if (replace !== true)
    throw new CommandError(`${there}. With --replace the backup takes the place of all that, which is then lost.`);
  if (yes === true) return;
  if (!cli.isTerminal)
    throw new CommandError(`${there}, and there is no terminal to ask. Add --yes if all that may be lost.`);
  cli.say(`${there}. All of that will be lost.`);
  if ((await cli.ask(`Type "${WORD}" to go on:`)).trim() !== WORD) throw new CommandError("Nothing was changed.");
}

async function countPresent(connection: Data["connection"]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name } of await connection.listCollections())
    // The settings of a server that was only started are no data.
    if (isBackedUp(name) && name !== "settings") counts[name] = await connection.collection(name).countDocuments();
  return counts;
}

/** @returns what the person has to know of the secret */
async function putInPlace(cli: Cli, data: Data, backup: Backup): Promise<string | null> {
  const { connection } = data;
  const marks = settingsOf(connection);
  const mark = (phase: "loading" | "switching") =>
    marks.replaceOne(
      { _id: "restore" },
      { file: backup.path, startedAt: new Date(data.now()), phase },
      { upsert: true },
    );
  const before = await marks.findOne({ _id: "restore" });
  if (before?.phase !== "switching") await mark("loading");
  const staging = createStaging(data, backup);
  const progress = cli.progress("Restoring", staging.total);
  try {
    await staging.load((loaded) => {
      progress.update(loaded);
      goOn(cli);
    });
  } catch (error) {
    // What was there is untouched: nothing keeps it from being served, unless an earlier restore did.
    await dropStaging(connection);
    if (before === null) await marks.deleteOne({ _id: "restore" });
    throw explain(error, backup);
  } finally {
    progress.stop();
  }
  await data.confirmAlone();
  await mark("switching");
  await staging.switchOver();
  await data.ensureIndexes();
  // Before the mark goes: without its secret the log is not whole.
  const secretNote = await bringSecret(data, backup);
  await marks.deleteOne({ _id: "restore" });
  return secretNote;
}

/** What a database does not take of a file that is whole is the file's fault, or that of the disk. */
function explain(error: unknown, { path }: Backup): unknown {
  if (error instanceof CommandError || isTransientDatabaseError(error)) return error;
  const line = `${path} cannot be loaded (${reasonOf(error)}). What was there is untouched.`;
  return new CommandError(line, { cause: error });
}

/** The secret belongs to the log: by it a repeated clientId is told from a reused one [L4]. */
async function bringSecret({ config, secret }: Data, backup: Backup): Promise<string | null> {
  const { secret: kept, fingerprint } = backup.secret;
  if (fingerprintOf(secret) === fingerprint) return null;
  if (kept !== null && config.jwtSecret === null) {
    await replaceSecret(config.dataDir, kept).catch((error: unknown) => {
      throw new CommandError(
        `All is loaded, but the backup's secret cannot be kept in ${config.dataDir} (${reasonOf(error)}). Mend that, and run the restore again.`,
      );
    });
    return null;
  }
  return (
    "This server's secret is another one than that of the backup. " +
    (kept === null
      ? "Set JWT_SECRET to the one of the backed-up server"
      : `Unset JWT_SECRET, or the one of the backup is not used; or restore with it unset`) +
    ": without it, a message that a client sends again after the restore is refused as client_id_reused."
  );
}

async function abandon(cli: Cli): Promise<void> {
  await withData(cli, { command: "restore", access: "exclusive", evenHalfRestored: true }, async ({ connection }) => {
    const marks = settingsOf(connection);
    const mark = await marks.findOne({ _id: "restore" });
    if (mark === null) throw new CommandError("There is no unfinished restore.");
    if (mark.phase === "switching")
      throw new CommandError(
        `The restore of ${mark.file} has replaced some of the data already: it can only be run again.`,
      );
    await dropStaging(connection);
    await marks.deleteOne({ _id: "restore" });
    cli.print(`Took back the unfinished restore of ${mark.file}. The data is as it was before.`);
  });
}
