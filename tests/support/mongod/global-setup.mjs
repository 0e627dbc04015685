/** Jest loads this outside its own module system, so that TypeScript is brought in by tsx. */
import { tsImport } from "tsx/esm/api";

/** @typedef {typeof globalThis & { parlanceTestMongod?: import("./start.js").TestMongod }} Running */

export default async function startMongod() {
  const { startTestMongod } = await tsImport("./start.ts", import.meta.url);
  const mongod = await startTestMongod();
  /** @type {Running} */ (globalThis).parlanceTestMongod = mongod; // for global-teardown.mjs, in the same process
  process.env["PARLANCE_TEST_MONGODB"] = mongod.uri;
  process.env["PARLANCE_TEST_MONGOD_BINARY"] = mongod.binary;
}
