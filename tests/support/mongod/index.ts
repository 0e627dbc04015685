/** The MongoDB that jest started for this run (global-setup): a database of one's own for each test that asks. */
import { randomBytes } from "node:crypto";

function fromGlobalSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: this test runs under jest's global setup only`);
  return value;
}

/** The address of a database that nobody has used yet, on the one MongoDB of this run. */
export function testDatabaseUri(): string {
  const uri = new URL(fromGlobalSetup("PARLANCE_TEST_MONGODB"));
  uri.pathname = `/test_${randomBytes(8).toString("hex")}`;
  return uri.href;
}

/** The mongod that this run found: for tests that start one themselves. */
export function testMongodBinary(): string {
  return fromGlobalSetup("PARLANCE_TEST_MONGOD_BINARY");
}
