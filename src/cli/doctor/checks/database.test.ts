import { afterEach, beforeEach, expect, it } from "@jest/globals";
import mongoose, { type Connection } from "mongoose";
import { createAdmin } from "../../../../tests/support/admin.js";
import { testDatabaseUri } from "../../../../tests/support/mongod/index.js";
import { createOwnMongod } from "../../../../tests/support/mongod/own-mongod.js";
import type { Finding } from "../finding.js";
import { checkClock, checkVersion } from "./database.js";

let connection: Connection;
beforeEach(async () => {
  connection = await mongoose.createConnection(testDatabaseUri()).asPromise();
});
afterEach(() => connection.close());

it("tells version and kind", async () => {
  expect(await checkVersion(connection, false)).toMatchObject({
    level: "ok",
    says: expect.stringMatching(/^MongoDB \d+\.\d+\.\d+ answers \(the replica set tests\)/),
  });
});

it.each<[number, string, RegExp]>([
  [0, "ok", /agree/],
  [5_000, "warning", /is 5\.\d s ahead of the database's, whose time is used/],
  [-5_000, "warning", /is [45]\.\d s behind the database's/],
  [-60_000, "wrong", /the server calls itself not ready/],
])("finds a clock that is %d ms off %s", async (offMs, level, says) => {
  expect(await checkClock(connection, () => Date.now() + offMs)).toMatchObject({
    level,
    says: expect.stringMatching(says),
  });
});

it("names a standalone server, and how it becomes a replica set", async () => {
  const standalone = await createOwnMongod();
  await standalone.start();
  const admin = await createAdmin({ MONGODB_URI: `mongodb://${standalone.host}/parlance`, PORT: "0" });

  const { code, stdout } = await admin.run(["doctor", "--json"]);
  await standalone.close();

  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  expect(code).toBe(1);
  expect(findings.find(({ check }) => check === "database")?.says).toMatch(/is a standalone server\..*--replSet/);
});
