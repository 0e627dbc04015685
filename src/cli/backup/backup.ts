/** `backup FILE`. */
import { fingerprintOf } from "../../accounts/credentials/secret.js";
import { VERSION } from "../../server-info.js";
import { goOn, type Cli } from "../cli.js";
import { refuseExisting } from "../files.js";
import { withData } from "../open.js";
import { describeCounts, describeSize } from "./describe.js";
import { FORMAT, type Header } from "./format.js";
import { gather } from "./gather.js";
import { writeBackup } from "./write.js";

export interface BackupOptions {
  force?: true;
}

/** Backs everything up into `file`, beside a running server or without one. */
export async function backup(cli: Cli, file: string, { force }: BackupOptions): Promise<void> {
  const path = cli.path(file);
  if (force !== true) await refuseExisting(path);
  await withData(cli, { command: "backup", access: "shared" }, async ({ config, connection, secret, now }) => {
    const kept = { secret: config.jwtSecret === null ? secret : null, fingerprint: fingerprintOf(secret) };
    const createdAt = new Date(now()).toISOString();
    const gathered = await gather(connection, kept);
    const { historyId, counts } = gathered;
    const header: Header = { format: FORMAT, version: VERSION, createdAt, historyId, counts };
    const progress = cli.progress(
      "Backing up",
      Object.values(counts).reduce((sum, count) => sum + count, 0),
    );
    try {
      let done = 0;
      const records = gathered.records(() => {
        progress.update(++done);
        goOn(cli);
      });
      const size = await writeBackup(path, header, records);
      progress.stop();
      cli.print(`Backed up ${describeCounts(counts)} into ${path} (${describeSize(size)}).`);
      cli.say(
        config.jwtSecret === null
          ? "It holds everybody's messages, the password hashes and the server's secret: keep it where only you can read it."
          : "It holds everybody's messages and the password hashes: keep it where only you can read it. JWT_SECRET is not in it: keep that too.",
      );
    } finally {
      progress.stop();
      await gathered.close();
    }
  });
}
