/** Whose data it is: what root writes into somebody else's folder, the server could neither read nor replace. */
import { stat } from "node:fs/promises";
import { CommandError } from "./cli.js";

/**
 * @param uid - who runs the command; undefined where systems have no such thing
 * @throws CommandError for root on data of another user
 */
export async function refuseRootOnForeign(dataDir: string, uid: number | undefined): Promise<void> {
  if (uid !== 0) return;
  const owner = await stat(dataDir).then(
    (folder) => folder.uid,
    () => uid, // not there yet, or not to be seen: whoever opens it says so
  );
  if (owner === uid) return;
  throw new CommandError(
    `${dataDir} belongs to user ${owner}, and files of root's in it would keep the server from starting. Run this as that user: sudo -u '#${owner}' …`,
  );
}
