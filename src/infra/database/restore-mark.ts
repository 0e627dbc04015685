/** The mark of a restore that is under way: a database with it is not served. */
import type mongoose from "mongoose";
import { DatabaseError } from "./errors.js";

export interface RestoreMark {
  _id: "restore";
  file: string;
  startedAt: Date;
  /** `switching`: what was there before is being replaced, and may be gone */
  phase: "loading" | "switching";
}

/** The collection that holds it. */
export const settingsOf = (connection: mongoose.Connection) => connection.collection<RestoreMark>("settings");

/** @throws DatabaseError when a restore was begun and not finished */
export async function refuseHalfRestored(connection: mongoose.Connection): Promise<void> {
  const mark = await settingsOf(connection).findOne({ _id: "restore" });
  if (mark === null) return;
  const begun = `The restore of ${mark.file}, begun at ${mark.startedAt.toISOString()}, was not finished. Run it again`;
  throw new DatabaseError(
    mark.phase === "loading"
      ? `${begun}; or take back what it has done, which changed nothing so far: npm run admin -- restore --abandon`
      : `${begun}: until then the data is incomplete.`,
  );
}
