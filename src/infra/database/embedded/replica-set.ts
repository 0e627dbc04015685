/** Makes a fresh mongod the only member of a replica set, with the server's user in it; a known one is left as it is. */
import { setTimeout as delay } from "node:timers/promises";
import mongoose from "mongoose";
import { codeOf } from "../../error-facts.js";
import { DatabaseError } from "../errors.js";
import { replicaSetName } from "./mongod-process.js";
import type { EmbeddedState } from "./state.js";

export const databaseName = "parlance";
const userName = "parlance";
const notYetInitialized = 94;
const alreadyInitialized = 23;
const primaryTimeoutMs = 60_000;
const { MongoClient } = mongoose.mongo;
type Admin = ReturnType<ReturnType<InstanceType<typeof MongoClient>["db"]>["admin"]>;

/** The address of the embedded MongoDB, password included: not for logs. */
export function embeddedUri({ port, password }: EmbeddedState): string {
  return `mongodb://${userName}:${password}@127.0.0.1:${port}/${databaseName}?authSource=admin&replicaSet=${replicaSetName}`;
}

/**
 * Brings a running mongod to the point where the server can use it: in a set, primary, our user known.
 * Every step looks first, so that it may be repeated after a crash at any point.
 */
export async function prepareReplicaSet(state: EmbeddedState): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${state.port}/`, {
    directConnection: true,
    // The members' own user, whose password is the key file's content.
    auth: { username: "__system", password: state.key },
    authSource: "local",
    authMechanism: "SCRAM-SHA-256",
    serverSelectionTimeoutMS: 10_000,
  });
  try {
    const admin = client.db("admin").admin();
    await configureSet(admin, `127.0.0.1:${state.port}`);
    await waitUntilPrimary(admin);
    await ensureUser(admin, state.password);
  } finally {
    await client.close();
  }
}

/** The address is part of the set's configuration: after a change of port the set is told, or it takes itself for removed. */
async function configureSet(admin: Admin, host: string): Promise<void> {
  const config = await readOrMakeConfig(admin, host);
  if (config === null || config.members[0]?.host === host) return;
  const members = [{ ...config.members[0], host }];
  await admin.command({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
}

interface SetConfig {
  readonly version: number;
  readonly members: readonly { readonly host: string }[];
}

/** Null when the set was made just now. A mongod that starts again has no configuration for a moment, and then loads it. */
async function readOrMakeConfig(admin: Admin, host: string): Promise<SetConfig | null> {
  for (;;) {
    try {
      return (await admin.command({ replSetGetConfig: 1 }))["config"];
    } catch (error) {
      if (codeOf(error) !== notYetInitialized) throw error;
    }
    try {
      await admin.command({ replSetInitiate: { _id: replicaSetName, members: [{ _id: 0, host }] } });
      return null;
    } catch (error) {
      if (codeOf(error) !== alreadyInitialized) throw error;
    }
    await delay(25);
  }
}

async function waitUntilPrimary(admin: Admin): Promise<void> {
  const giveUpAt = Date.now() + primaryTimeoutMs;
  for (;;) {
    const hello = await admin.command({ hello: 1 });
    if (hello["isWritablePrimary"] === true) return;
    if (Date.now() > giveUpAt)
      throw new DatabaseError("The embedded MongoDB does not become primary; its log is in DATA_DIR/mongodb.log.");
    await delay(25);
  }
}

/** Reads and writes one database, and may look at the set's configuration; nothing else. */
async function ensureUser(admin: Admin, password: string): Promise<void> {
  const roleName = "parlanceTopology";
  const privileges = [{ resource: { cluster: true }, actions: ["replSetGetConfig"] }];
  const known = await admin.command({ rolesInfo: roleName });
  if (known["roles"].length === 0) await admin.command({ createRole: roleName, privileges, roles: [] });
  const roles = [
    { role: "readWrite", db: databaseName },
    { role: roleName, db: "admin" },
  ];
  const { users } = await admin.command({ usersInfo: userName });
  await admin.command({ [users.length === 0 ? "createUser" : "updateUser"]: userName, pwd: password, roles });
}
