import type { Entry } from "../../../src/protocol/entries.js";
import { adaInARoom, createFakeClient } from "../testing/fake-client.js";
import { EMPTY_SYNC } from "../testing/fake-server.js";
import { settled } from "../testing/manual-time.js";
import { joining, message, messages, sampleMembership, sampleView, syncRoom } from "../testing/samples.js";

/** A live client of Ada's, and the entries that its listener was told of. */
async function listening() {
  const world = await adaInARoom(4);
  const told: Entry[] = [];
  const stop = world.client.onEntry((entry) => told.push(entry));
  return { ...world, told, stop, seqs: () => told.map(({ seq }) => seq) };
}

describe("onEntry", () => {
  it("[S3] tells of each entry once, in order, however the pushes come", async () => {
    const { server, time, seqs } = await listening();

    server.push("entries", { roomId: "r", entries: [message("r", 6)] });
    server.push("entries", { roomId: "r", entries: [message("r", 5)] });
    server.push("entries", { roomId: "r", entries: [message("r", 5), message("r", 6), message("r", 7)] });
    await time.pass(10);

    expect(seqs()).toEqual([5, 6, 7]);
  });

  it("tells of what was said while the connection was lost, and of nothing twice", async () => {
    const { server, time, seqs } = await listening();
    server.push("entries", { roomId: "r", entries: [message("r", 5)] });
    server.onSync(() => ({ ...EMPTY_SYNC, rooms: [syncRoom("r", 7, messages("r", 5, 7))] }));

    server.drop();
    await time.pass(1_000);

    expect(seqs()).toEqual([5, 6, 7]);
  });

  it("tells of nothing that was there before: neither at the first connection nor by paging back", async () => {
    const { server, client, seqs } = await listening();
    const page = { messages: messages("r", 1, 4), page: { before: null, after: null }, head: 4 };
    server.on("GET /rooms/r/messages", { status: 200, body: page });

    await client.openRoom("r");
    await settled();

    expect(seqs()).toEqual([]);
  });

  it("tells of a room that one came into while away from one's own join on", async () => {
    const { server, time, seqs } = await listening();
    const membership = sampleMembership("new", "ada", { readSeq: 3 });
    server.on("GET /rooms/new", { status: 200, body: sampleView("new", 4, { membership }) });
    const log = [joining("new", 1, "grace"), message("new", 2), joining("new", 3, "ada"), message("new", 4)];
    server.onSync(() => ({ ...EMPTY_SYNC, rooms: [syncRoom("new", 4, log, { membership })] }));

    server.drop();
    await time.pass(1_000);

    expect(seqs()).toEqual([3, 4]);
  });

  it("tells of an entry when the state shows it", async () => {
    const { server, client, time } = await listening();
    const heads: unknown[] = [];
    client.onEntry(() => heads.push(client.getState().rooms?.get("r")?.view.room.head));

    server.push("entries", { roomId: "r", entries: [message("r", 5), message("r", 6)] });
    await time.pass(10);

    expect(heads).toEqual([6, 6]);
  });

  it("tells nobody who has stopped listening, also not of what had arrived", async () => {
    const { server, time, stop, seqs } = await listening();

    server.push("entries", { roomId: "r", entries: [message("r", 5)] });
    stop();
    await time.pass(10);

    expect(seqs()).toEqual([]);
  });
});

describe("ready", () => {
  it("resolves with the first sync, and at once from then on", async () => {
    const { client, server, time } = createFakeClient({ rooms: [sampleView("r", 4)] });
    const steps: string[] = [];
    server.onSync(() => null);
    void client.ready().then(() => steps.push("ready"));

    await client.logIn({ username: "ada", password: "x" });
    await settled();
    steps.push(client.getState().connection.kind);
    server.onSync(() => EMPTY_SYNC);
    await time.pass(12_000);
    await client.ready();

    expect(steps).toEqual(["syncing", "ready"]);
  });
});
