import type { Entry } from "../../../src/protocol/entries.js";
import { adaInARoom, createFakeClient } from "../testing/fake-client.js";
import { EMPTY_SYNC, type FakeServer } from "../testing/fake-server.js";
import { settled } from "../testing/manual-time.js";
import {
  joining,
  leaving,
  message,
  messages,
  roomChange,
  sampleMembership,
  sampleRoom,
  sampleView,
  syncRoom,
} from "../testing/samples.js";

const A_MOMENT = 300;

/** A page of the history as the server gives it. */
function onNewestPage(server: FakeServer, roomId: string, from: number, to: number): void {
  server.on(`GET /rooms/${roomId}/messages`, {
    status: 200,
    body: { messages: messages(roomId, from, to), page: { before: from === 1 ? null : from, after: null }, head: to },
  });
}

/** A server that holds a log and answers `sync` from it. */
const fromLog = (log: Entry[]) => (heads: Record<string, number>) => {
  const entries = log.filter((entry) => entry.seq > (heads["r"] ?? 0));
  return { ...EMPTY_SYNC, rooms: entries.length === 0 ? [] : [syncRoom("r", log.length, entries)] };
};

describe("connecting", () => {
  it("[S3] syncs on every connect, with the last seq held of each room", async () => {
    const { server, time } = await adaInARoom(4);
    server.push("entries", { roomId: "r", entries: [message("r", 5)] });

    server.drop();
    await time.pass(1_000);

    expect(server.syncs).toEqual([{ r: 4 }, { r: 5 }]);
  });

  it("shows no rooms before the first sync, and applies what came meanwhile", async () => {
    const world = createFakeClient({ rooms: [sampleView("r", 4)] });
    world.server.onSync(() => {
      world.server.push("entries", { roomId: "r", entries: [message("r", 5)] });
      return null;
    });

    await world.client.logIn({ username: "ada", password: "x" });
    await settled();
    const during = world.client.getState();
    world.server.onSync(() => EMPTY_SYNC);
    await world.time.pass(12_000);

    expect(during.connection.kind).toBe("syncing");
    expect(during.rooms).toBeNull();
    expect(world.client.getState().rooms?.get("r")).toMatchObject({ view: { unread: 1, room: { head: 5 } } });
    expect(world.server.syncs.at(-1)).toEqual({ r: 5 });
  });

  it("[S1] asks again from the last one held while there is more", async () => {
    const { server, time, rows } = await adaInARoom(4);
    const log = messages("r", 1, 12);
    server.onSync((heads) => {
      const after = heads["r"] ?? 0;
      const page = log.slice(after, after + 3);
      return { ...EMPTY_SYNC, rooms: page.length === 0 ? [] : [syncRoom("r", 12, page, { more: after + 3 < 12 })] };
    });

    server.drop();
    await time.pass(1_000);

    expect(server.syncs.slice(1)).toEqual([{ r: 4 }, { r: 7 }, { r: 10 }]);
    expect(rows()).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it("[S1] drops what it holds at a reset, goes on behind its head and loads the newest page", async () => {
    const { server, time, client, rows } = await adaInARoom(4);
    onNewestPage(server, "r", 1, 4);
    await client.openRoom("r");
    server.onSync(() => ({ ...EMPTY_SYNC, rooms: [syncRoom("r", 5_000, [], { reset: true, unread: 100 })] }));
    server.on("GET /rooms/r", { status: 200, body: sampleView("r", 5_000, { unread: 100 }) });
    onNewestPage(server, "r", 4_998, 5_000);

    server.drop();
    await time.pass(1_000);
    server.push("entries", { roomId: "r", entries: [message("r", 5_001)] });

    expect(rows()).toEqual([4_998, 4_999, 5_000, 5_001]);
    expect(client.getState().rooms?.get("r")).toMatchObject({ newest: "ready", older: "more", view: { unread: 100 } });
  });

  it("[S1] drops rooms that it is in no more", async () => {
    const { server, time, client } = await adaInARoom(4);
    server.onSync(() => ({ ...EMPTY_SYNC, left: ["r"] }));

    server.drop();
    await time.pass(1_000);

    expect(client.getState().rooms?.size).toBe(0);
  });

  it("[S1] asks for the view of a room that it has never seen", async () => {
    const { server, time, client, rows } = await adaInARoom(4);
    server.onSync((heads) =>
      "new" in heads ? EMPTY_SYNC : { ...EMPTY_SYNC, rooms: [syncRoom("new", 2, messages("new", 1, 2))] },
    );
    server.on("GET /rooms/new", { status: 200, body: sampleView("new", 2) });

    server.drop();
    await time.pass(1_000);

    expect(rows("new")).toEqual([1, 2]);
    expect(client.getState().rooms?.get("new")).toMatchObject({ older: "start" });
  });

  it("drops everything and loads it anew when the server's history is another one", async () => {
    const { server, time, client, rows } = await adaInARoom(40);
    server.onSync(() => ({ ...EMPTY_SYNC, historyId: "two" }));
    server.on("GET /rooms", { status: 200, body: { rooms: [sampleView("other", 2)] } });

    server.drop();
    client.send("r", "kept");
    await time.pass(1_000);

    expect([...(client.getState().rooms?.keys() ?? [])]).toEqual(["other"]);
    expect(server.syncs.at(-1)).toEqual({ other: 2 });
    expect(rows("other")).toEqual([]);
    expect(server.sent()).toMatchObject([{ text: "kept" }]);
  });

  it("waits and asks again on the same connection when sync is limited", async () => {
    const { server, time, client } = await adaInARoom(4);
    let tries = 0;
    server.onSync(() => ((tries += 1) === 1 ? { code: "rate_limited", retryAfterMs: 2_000 } : EMPTY_SYNC));

    server.drop();
    await time.pass(1_000);
    const during = client.getState().connection.kind;
    await time.pass(2_000);

    expect(during).toBe("syncing");
    expect(client.getState().connection.kind).toBe("live");
    expect(server.sockets).toHaveLength(2);
  });

  it("begins anew when sync is not answered", async () => {
    const { server, time, client } = await adaInARoom(4);
    server.onSync(() => null);

    server.drop();
    await time.pass(11_000);
    server.onSync(() => EMPTY_SYNC);
    await time.pass(2_000);

    expect(server.sockets).toHaveLength(3);
    expect(client.getState().connection.kind).toBe("live");
  });
});

describe("a hole", () => {
  it("[S3] is left to close by itself for a moment", async () => {
    const { server, time, rows } = await adaInARoom(4);

    server.push("entries", { roomId: "r", entries: [message("r", 6)] });
    const during = rows();
    server.push("entries", { roomId: "r", entries: [message("r", 5)] });
    await time.pass(A_MOMENT * 10);

    expect(during).toEqual([]);
    expect(rows()).toEqual([5, 6]);
    expect(server.syncs).toHaveLength(1);
  });

  it("[S3] is asked for by sync, once for everything that is missing", async () => {
    const { server, time, rows } = await adaInARoom(4);
    server.onSync(fromLog(messages("r", 1, 9)));

    server.push("entries", { roomId: "r", entries: [message("r", 7)] });
    server.push("entries", { roomId: "r", entries: [message("r", 9)] });
    await time.pass(A_MOMENT * 10);

    expect(rows()).toEqual([5, 6, 7, 8, 9]);
    expect(server.syncs).toEqual([{ r: 4 }, { r: 4 }]);
  });

  it("[D2] is noticed by heads when the last push was lost", async () => {
    const { server, time, rows } = await adaInARoom(4);
    server.onSync(fromLog(messages("r", 1, 5)));

    server.push("heads", { heads: { r: 5 } });
    await time.pass(A_MOMENT);

    expect(rows()).toEqual([5]);
  });

  it("loads the room anew after three repairs that closed nothing, and then leaves it", async () => {
    const { server, time, rows, client } = await adaInARoom(4);
    onNewestPage(server, "r", 1, 4);
    await client.openRoom("r");
    server.on("GET /rooms/r", { status: 200, body: sampleView("r", 6) });
    onNewestPage(server, "r", 1, 6);

    server.push("entries", { roomId: "r", entries: [message("r", 6)] });
    await time.pass(600_000);
    server.push("entries", { roomId: "r", entries: [message("r", 7)] });

    expect(server.syncs).toHaveLength(1 + 3);
    expect(server.count("GET /rooms/r")).toBe(1);
    expect(rows()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("catches up with everything at a resync", async () => {
    const { server, rows } = await adaInARoom(4);
    server.onSync(fromLog(messages("r", 1, 6)));

    server.push("resync", {});
    await settled();

    expect(server.syncs.at(-1)).toEqual({ r: 4 });
    expect(rows()).toEqual([5, 6]);
  });

  it("[D4] reads the rooms anew at a resync: what was left out may stand in no log", async () => {
    const { server, client } = await adaInARoom(4);
    const view = sampleView("r", 4);
    const membership = sampleMembership("r", "ada", { notify: "none" });
    server.on("GET /rooms", { status: 200, body: { rooms: [{ ...view, membership }] } });

    server.push("resync", {});
    await settled();

    expect(client.getState().rooms?.get("r")?.view.membership).toEqual(membership);
  });

  it("[D4] syncs once more at a resync that comes while it syncs: the answer under way may be older", async () => {
    const { server, time, rows } = await adaInARoom(4);
    let asked = 0;
    server.onSync((heads) => {
      asked += 1;
      if (asked > 1) return fromLog(messages("r", 1, 6))(heads);
      server.push("resync", {});
      return EMPTY_SYNC;
    });

    server.drop();
    await time.pass(1_000);

    expect(rows()).toEqual([5, 6]);
  });

  it("checks the connection when the page is looked at again, and begins anew when no answer comes", async () => {
    const { server, time, signal, client } = await adaInARoom(4);
    server.onSync(() => null);

    signal("visible");
    await time.pass(9_000);
    const before = client.getState().connection.kind;
    await time.pass(1_000);

    expect(before).toBe("live");
    expect(client.getState().connection).toMatchObject({ kind: "offline" });
  });
});

describe("pushes", () => {
  it("[S2] takes in a room at room:added, and its entries from one's own join on", async () => {
    const { server, client, rows } = await adaInARoom(4);
    const view = sampleView("new", 9, { membership: sampleMembership("new", "ada", { readSeq: 9 }) });

    server.push("room:added", { view });
    server.push("entries", { roomId: "new", entries: [joining("new", 9, "ada"), message("new", 10)] });

    expect(rows("new")).toEqual([9, 10]);
    expect(client.getState().rooms?.get("new")?.view).toMatchObject({ unread: 1, room: { memberCount: 2, head: 10 } });
    expect(server.syncs).toHaveLength(1);
  });

  it("takes a room once that comes both as an answer and as a push", async () => {
    const { server, client, rows } = await adaInARoom(4);
    const view = sampleView("new", 9, { membership: sampleMembership("new", "ada", { readSeq: 9 }) });
    server.on("POST /rooms/new/join", () => {
      server.push("room:added", { view });
      server.push("entries", { roomId: "new", entries: [joining("new", 9, "ada")] });
      return { status: 200, body: view };
    });

    await client.joinRoom("new");
    server.push("entries", { roomId: "new", entries: [message("new", 10)] });

    expect(rows("new")).toEqual([9, 10]);
  });

  it("[L6] drops a room at room:removed, and no late answer brings it back", async () => {
    const { server, client } = await adaInARoom(4);
    server.on("POST /rooms/r/join", () => {
      server.push("room:removed", { roomId: "r" });
      return { status: 200, body: sampleView("r", 6) };
    });

    await client.joinRoom("r");

    expect(client.getState().rooms?.size).toBe(0);
  });

  it("asks by sync for a room whose room:added was lost", async () => {
    const { server, time, rows } = await adaInARoom(4);
    server.on("GET /rooms/new", { status: 200, body: sampleView("new", 2) });
    server.onSync((heads) =>
      "new" in heads ? EMPTY_SYNC : { ...EMPTY_SYNC, rooms: [syncRoom("new", 2, messages("new", 1, 2))] },
    );

    server.push("entries", { roomId: "new", entries: [message("new", 2)] });
    await time.pass(A_MOMENT);

    expect(rows("new")).toEqual([1, 2]);
  });

  it("keeps names, topics and numbers of a room current", async () => {
    const { server, room } = await adaInARoom(4);

    server.push("entries", {
      roomId: "r",
      entries: [
        joining("r", 5, "bob"),
        leaving("r", 6, "grace"),
        leaving("r", 7, "bob"),
        roomChange("r", 8, { name: "New" }),
      ],
    });
    const byLog = room().view.room;
    server.push("room:changed", { room: sampleRoom("r", 8, { name: "New", topic: "Topic", memberCount: 1 }) });
    server.push("room:changed", { room: sampleRoom("r", 7, { name: "Older" }) });
    server.push("membership:changed", { membership: sampleMembership("r", "ada", { notify: "none" }) });

    expect(byLog).toMatchObject({ name: "New", memberCount: 1, head: 8 });
    expect(room().view).toMatchObject({ room: { name: "New", topic: "Topic" }, membership: { notify: "none" } });
  });
});
