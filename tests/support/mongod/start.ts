/** Starts one real MongoDB for all tests of a run: a replica set of one member, on temporary files. */
import { MongoMemoryReplSet } from "mongodb-memory-server";
import { readProcessConfig } from "../../../src/infra/config.js";
import { findMongod } from "../../../src/infra/database/mongod/find.js";

/** What the tests are told by way of the environment, and how to end it. */
export interface TestMongod {
  readonly uri: string;
  readonly binary: string;
  stop(): Promise<void>;
}

/** Takes the same mongod as the server would, fetching it first if need be. */
export async function startTestMongod(): Promise<TestMongod> {
  const { mongod } = readProcessConfig(process.cwd());
  const binary = await findMongod({ places: mongod, series: null, say: (line) => console.log(line) });
  const set = await MongoMemoryReplSet.create({
    binary: { systemBinary: binary.path, version: binary.version },
    replSet: {
      name: "tests",
      count: 1,
      storageEngine: "wiredTiger",
      args: ["--noscripting", "--wiredTigerCacheSizeGB", "0.5"],
    },
    instanceOpts: [{ args: ["--setParameter", "transactionLifetimeLimitSeconds=5"] }],
  });
  return {
    uri: set.getUri(),
    binary: binary.path,
    stop: async () => void (await set.stop({ doCleanup: true, force: true })),
  };
}
