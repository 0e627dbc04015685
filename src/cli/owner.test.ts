import { expect, it } from "@jest/globals";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdmin } from "../../tests/support/admin.js";
import { testDatabaseUri } from "../../tests/support/mongod/index.js";
import { refuseRootOnForeign } from "./owner.js";

const me = process.getuid?.() ?? 0;

it("keeps root out of data of another user, and nobody else", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "parlance-owner-"));
  // Root is who this is about: as anybody else, one's own folder is another user's to root.
  if (me === 0) await chown(dataDir, 12_345, 12_345);
  const owner = me === 0 ? 12_345 : me;

  await expect(refuseRootOnForeign(dataDir, 0)).rejects.toThrow(
    `${dataDir} belongs to user ${owner}, and files of root's in it would keep the server from starting. Run this as that user: sudo -u '#${owner}' …`,
  );
  await refuseRootOnForeign(dataDir, owner);
  await refuseRootOnForeign(join(dataDir, "not-there"), 0);
  if (me === 0) {
    const admin = await createAdmin({ MONGODB_URI: testDatabaseUri(), DATA_DIR: dataDir });
    expect((await admin.run(["user", "list"])).stderr).toMatch(/belongs to user 12345/);
  }
  await rm(dataDir, { recursive: true });
});
