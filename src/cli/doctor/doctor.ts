/** `doctor`: every check in turn; one that cannot be made says so, and the others go on. */
import { mongo } from "mongoose";
import { ConfigError, type Config } from "../../infra/config.js";
import { DatabaseError, isTransientDatabaseError } from "../../infra/database/index.js";
import { reasonOf } from "../../infra/error-facts.js";
import { CommandError, type Cli } from "../cli.js";
import { withData } from "../open.js";
import { checkPublicAddress } from "./checks/address.js";
import { checkClock, checkIndexes, checkRestore, checkVersion } from "./checks/database.js";
import { checkFolder } from "./checks/folder.js";
import { checkPort, localUrl } from "./checks/port.js";
import { checkSettings } from "./checks/settings.js";
import { ok, warning, wrong, type Finding, type Found } from "./finding.js";

/** Looks at everything, and changes nothing but what a start would make. */
export async function examine(cli: Cli): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (check: string, found: readonly Found[]) => findings.push(...found.map((one) => ({ check, ...one })));

  let config: Config;
  try {
    config = cli.readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = "Put it right in .env or the environment; then run doctor again for the other checks.";
    add(
      "settings",
      error.lines.map((line) => wrong(line, remedy)),
    );
    return findings;
  }
  add("settings", checkSettings(config));
  add("disk", await checkFolder(config));
  const historyId = await examineDatabase(cli, config, add);
  const { found, runs } = await checkPort(config, historyId);
  add("port", [found]);
  add("address", await examineAddress(config, historyId, runs));
  return findings;
}

async function examineDatabase(
  cli: Cli,
  config: Config,
  add: (check: string, found: readonly Found[]) => void,
): Promise<string | null> {
  try {
    const access = { command: "doctor", access: "shared", evenHalfRestored: true } as const;
    return await withData(cli, access, async ({ connection, models }) => {
      add("database", [
        await checkVersion(connection, config.mongodbUri === null),
        ...(await checkRestore(connection)),
      ]);
      add("indexes", await checkIndexes(connection, models));
      add("clock", [await checkClock(connection, Date.now)]);
      const history = await connection
        .collection<{ _id: string; historyId: string }>("settings")
        .findOne({ _id: "history" });
      return history?.historyId ?? null;
    });
  } catch (error) {
    add("database", [describeFailure(error)]);
    return null;
  }
}

function describeFailure(error: unknown): Found {
  // Their lines name the remedy themselves.
  if (error instanceof DatabaseError || error instanceof CommandError)
    return wrong(error.message, "Then run doctor again for indexes and clock.");
  if (!(error instanceof mongo.MongoError || isTransientDatabaseError(error))) throw error;
  return wrong(
    `The database answers with an error (${reasonOf(error)}).`,
    "See MongoDB's log, and what the user of MONGODB_URI may do; then run doctor again.",
  );
}

async function examineAddress(config: Config, historyId: string | null, runs: boolean): Promise<Found[]> {
  const { publicUrl } = config;
  if (publicUrl === null && !runs) return [ok("PUBLIC_URL is not set, and no server runs: nothing to reach.")];
  const found = await checkPublicAddress(publicUrl ?? localUrl(config), historyId);
  const isUp = runs || found.every(({ level }) => level === "ok");
  if (isUp) return found;
  return [
    warning(
      `No server runs at ${localUrl(config)}, so that ${publicUrl ?? "it"} cannot be tried.`,
      "Start the server, and run doctor again.",
    ),
  ];
}
