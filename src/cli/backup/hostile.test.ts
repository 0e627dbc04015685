/** Files that look like a backup and are none: made by hand, with a checksum that fits. */
import { beforeAll, expect, it } from "@jest/globals";
import { join } from "node:path";
import { mongo } from "mongoose";
import { createAdmin, type Admin } from "../../../tests/support/admin.js";
import { dumpDatabase } from "../../../tests/support/dumps.js";
import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { encodeRecord, TAGS } from "./format.js";
import { writeBackup } from "./write.js";

const uri = testDatabaseUri();
let target: Admin;

beforeAll(async () => {
  target = await createAdmin({ MONGODB_URI: uri, JWT_SECRET: "a secret of the tests alone, and no other's" });
  await target.run(["user", "create", "there", "--generate"]);
});

const hostile = async (collection: string, document: Uint8Array, secret: string | null = null) => {
  const path = join(target.folder, "hostile");
  const named = /^[a-z]+$/.test(collection) ? collection : "users";
  const header = { format: 1, version: "0.1.0", createdAt: new Date().toISOString(), historyId: null } as const;
  await writeBackup(
    path,
    { ...header, counts: { [named]: 1 } },
    (async function* () {
      yield encodeRecord(TAGS.secret, { secret, fingerprint: "x" });
      yield encodeRecord(TAGS.collection, { name: collection });
      yield encodeRecord(TAGS.document, document);
      yield encodeRecord(TAGS.end, {});
    })(),
  );
  return path;
};
const document = mongo.BSON.serialize({ _id: "x" });

it.each<[string, () => Promise<string>, RegExp]>([
  ["a collection of MongoDB's own", () => hostile("system.js", document), /is damaged: it holds a record that cannot/],
  ["a collection that is not backed up", () => hostile("sessions", document), /is damaged: its header cannot be read/],
  ["a name that cannot be", () => hostile("a$b", document), /is damaged: it holds a record that cannot be read/],
  ["a secret that no server starts with", () => hostile("users", document, "short"), /is damaged: it holds a record/],
  [
    "a document that is none",
    () => hostile("users", Buffer.from([12, 0, 0, 0, 99, 97, 0, 1, 2, 3, 4, 0])),
    /hostile cannot be loaded \(.+\)\. What was there is untouched\./,
  ],
  [
    "what does not fit together",
    () => hostile("users", mongo.BSON.serialize({ _id: ["an array is no id"] })),
    /hostile cannot be loaded \(.+\)\. What was there is untouched\./,
  ],
])("restore refuses %s in one line, and changes nothing", async (_what, make, line) => {
  const before = await dumpDatabase(uri);

  const outcome = await target.run(["restore", await make(), "--replace", "--yes"]);

  expect(outcome).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(line) });
  expect(outcome.stderr.trimEnd().split("\n")).toHaveLength(1);
  expect({ settings: [], ...(await dumpDatabase(uri)) }).toEqual({ settings: [], ...before });
});
