/** The official download of MongoDB, by mongodb-memory-server, which knows the package for each system. */
import { createRequire } from "node:module";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./run-command.js";

/** The version fetched for each series; the first is the one for new data. */
const pinnedVersions: Readonly<Record<string, string>> = { "7.0": "7.0.24", "6.0": "6.0.24" };
export const officialSeries: readonly string[] = Object.keys(pinnedVersions);

/**
 * Runs in a process of its own, since a download under way cannot be called off: where the server cannot be
 * reached, some networks refuse at once and others stay silent, and the next source has to have its turn.
 */
const downloadProgram = `
  process.env.MONGOMS_MAX_RETRIES ??= "1";
  const [library, downloadDir, version] = process.argv.slice(1);
  const { DryMongoBinary, MongoBinary } = require(library);
  DryMongoBinary.generateOptions({ downloadDir, version })
    .then((options) => MongoBinary.download({ ...options, checkMD5: true, platform: process.platform }))
    .then((path) => console.log("mongod: " + path))
    .catch((error) => { console.error(String(error.message).replace(/\\s+/g, " ")); process.exitCode = 1; });
`;

/** Bytes that have arrived in `folder`; a download is alive while this grows. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch((): string[] => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (file) => file.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Downloads the pinned version of a series into `folder` and checks it against MongoDB's own checksum.
 *
 * @returns the path of the unpacked binary
 * @throws CommandError when it cannot be reached, within about 20 s
 */
export async function downloadOfficial(folder: string, series: string, say: (line: string) => void): Promise<string> {
  const version = pinnedVersions[series] ?? series;
  const library = createRequire(import.meta.url).resolve("mongodb-memory-server");
  let path = "";
  let arrived = 0;
  const grows = async () => {
    const before = arrived;
    arrived = await sizeOf(folder);
    return arrived > before;
  };
  await runCommand(
    process.execPath,
    ["-e", downloadProgram, library, folder, version],
    { silenceMs: 20_000, totalMs: 900_000 },
    (line) => {
      if (line.startsWith("mongod: ")) path = line.slice("mongod: ".length);
      else if (line.startsWith("Downloading")) say(`  ${line}`);
    },
    grows,
  );
  return path;
}
