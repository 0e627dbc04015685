import { afterAll, beforeAll, expect, it } from "@jest/globals";
import mongoose, { type Connection, type mongo } from "mongoose";
import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { createRoomStore } from "./room-store.js";

let connection: Connection;
const commands: mongo.CommandStartedEvent[] = [];

beforeAll(async () => {
  // The connection itself asks for nothing: what the store sends is the store's own doing.
  connection = await mongoose
    .createConnection(testDatabaseUri(), { monitorCommands: true, autoIndex: false, autoCreate: false })
    .asPromise();
  connection.getClient().on("commandStarted", (event: mongo.CommandStartedEvent) => commands.push(event));
});

afterAll(async () => {
  await connection.close();
});

it("[L5] asks for majority-committed rooms and memberships in every read", async () => {
  const store = createRoomStore(connection);

  await store.rooms(["room"]);
  await store.room("room");
  await store.source.loadRooms(["room"]);
  await store.source.loadRoles([{ roomId: "room", userId: "ada" }]);
  await store.created("ada", "clientId");
  await store.membership("room", "ada");
  await store.membershipsOf("ada");
  await store.membersOf("room");
  await store.hasOtherOwner("room", "ada");
  await store.heirOf("room", "ada");

  // An heir is looked for twice: among the moderators, then among the members.
  expect(commands).toHaveLength(11);
  for (const { commandName, command } of commands) {
    expect([commandName, command.readConcern]).toEqual(["find", { level: "majority" }]);
  }
});
