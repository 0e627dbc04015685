/** The database: that it answers and keeps the promise was seen when it was opened; here is what else can be told of it. */
import { isDeepStrictEqual } from "node:util";
import type { Connection } from "mongoose";
import { settingsOf, type IndexedModel } from "../../../infra/database/index.js";
import { ok, warning, wrong, type Found } from "../finding.js";

/** The oldest series with snapshot reads, without which there is no backup. */
const SERIES_MIN = 5;
const TOLERATED_MS = 2_000;
const SKEWED_MS = 30_000;

/** Version and kind; a standalone server, an arbiter and unjournaled majorities are refused before this. */
export async function checkVersion(connection: Connection, isEmbedded: boolean): Promise<Found> {
  const admin = connection.getClient().db("admin").admin();
  const [{ version }, hello] = await Promise.all([admin.command({ buildInfo: 1 }), admin.command({ hello: 1 })]);
  const kind = hello["msg"] === "isdbgrid" ? "a sharded cluster" : `the replica set ${String(hello["setName"])}`;
  const says = `MongoDB ${String(version)} answers (${isEmbedded ? "embedded" : kind}); a majority's journal confirms each write.`;
  if (Number.parseInt(String(version), 10) >= SERIES_MIN) return ok(says);
  return warning(
    `MongoDB ${String(version)} is older than what Parlance is tested with.`,
    "Upgrade it to 6.0 or newer.",
  );
}

/** A restore that was begun and not finished. */
export async function checkRestore(connection: Connection): Promise<Found[]> {
  const mark = await settingsOf(connection).findOne({ _id: "restore" });
  if (mark === null) return [];
  const remedy = `npm run admin -- restore ${mark.file}`;
  return [wrong(`The restore of ${mark.file} was not finished: no server starts on this data.`, remedy)];
}

/** Every declared index, in the form that was declared. Nothing is made. */
export async function checkIndexes(connection: Connection, models: readonly IndexedModel[]): Promise<Found[]> {
  const present = new Set((await connection.listCollections()).map(({ name }) => name));
  const there = models.filter(({ collection }) => present.has(collection.name));
  if (there.length === 0) return [ok("There is no data yet; the first start makes collections and indexes.")];
  const found: Found[] = [];
  for (const { collection, schema } of there) {
    const indexes = await collection.indexes();
    for (const [keys, options] of schema.indexes()) {
      const name = `${collection.name}.${options.name ?? Object.keys(keys).join("_")}`;
      const same = indexes.find((index) => isDeepStrictEqual(Object.entries(index.key), Object.entries(keys)));
      if (same === undefined) {
        const says = `The index ${name} is missing.`;
        const remedy = "Start the server again: it makes what is missing.";
        found.push(
          options.unique === true ? wrong(says, remedy) : warning(says, `${remedy} Until then something is slow.`),
        );
      } else if (
        (same.unique ?? false) !== (options.unique ?? false) ||
        !isDeepStrictEqual(same["partialFilterExpression"] ?? null, options.partialFilterExpression ?? null)
      ) {
        const drop = `db.${collection.name}.dropIndex("${same.name ?? name}")`;
        found.push(wrong(`The index ${name} has another form.`, `In mongosh: ${drop}; then start the server again.`));
      }
    }
  }
  return found.length === 0 ? [ok(`All indexes of ${there.length} collections are there.`)] : found;
}

/** @param now - this machine's clock, in milliseconds */
export async function checkClock(connection: Connection, now: () => number): Promise<Found> {
  const askedAt = now();
  const hello = await connection.getClient().db("admin").command({ hello: 1 });
  const theirs = hello["localTime"] as Date;
  const difference = (askedAt + now()) / 2 - theirs.getTime();
  const seconds = Math.abs(difference / 1000).toFixed(1);
  if (Math.abs(difference) <= TOLERATED_MS) return ok(`This machine's clock and the database's agree (${seconds} s).`);
  const says = `This machine's clock is ${seconds} s ${difference > 0 ? "ahead of" : "behind"} the database's`;
  const remedy = "Let both machines take their time from the network (NTP).";
  if (Math.abs(difference) <= SKEWED_MS) return warning(`${says}, whose time is used.`, remedy);
  return wrong(`${says}: the server calls itself not ready.`, remedy);
}
