import type { Entry } from "../../../src/protocol/entries.js";
import { adaInARoom, createFakeClient } from "../testing/fake-client.js";
import type { FakeRequest, FakeServer } from "../testing/fake-server.js";
import { settled } from "../testing/manual-time.js";
import {
  joining,
  leaving,
  message,
  messages,
  roleChange,
  sampleMember,
  sampleUser,
  sampleView,
} from "../testing/samples.js";

/** Answers pages of room `r` from a log, 50 at a time, as the contract says. */
function serveHistory(server: FakeServer, log: () => readonly Entry[]): void {
  server.on("GET /rooms/r/messages", ({ path }: FakeRequest) => {
    const query = new URLSearchParams(path.split("?")[1]);
    const [before, after] = [query.get("before"), query.get("after")];
    const limit = Number(query.get("limit") ?? 50);
    const fitting = log().filter(
      ({ seq }) => (before ? seq < Number(before) : true) && (after ? seq > Number(after) : true),
    );
    const page = after === null ? fitting.slice(-limit) : fitting.slice(0, limit);
    const [first, last, head] = [page[0]?.seq ?? 0, page.at(-1)?.seq ?? 0, log().at(-1)?.seq ?? 0];
    const body = { messages: page, page: { before: first > 1 ? first : null, after: last < head ? last : null }, head };
    return { status: 200, body };
  });
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_none, index) => from + index);

describe("the newest page", () => {
  it("is loaded once, however often the room is opened", async () => {
    const { client, server, rows, room } = await adaInARoom(120);
    serveHistory(server, () => messages("r", 1, 120));

    await Promise.all([client.openRoom("r"), client.openRoom("r")]);
    await client.openRoom("r");

    expect(server.count("GET /rooms/r/messages")).toBe(1);
    expect(rows()).toEqual(range(71, 120));
    expect(room()).toMatchObject({ newest: "ready", older: "more" });
  });

  it("joins what came live before and while it was loaded, without a gap or a double", async () => {
    const { client, server, rows } = await adaInARoom(60);
    serveHistory(server, () => {
      server.push("entries", { roomId: "r", entries: [message("r", 62)] });
      return messages("r", 1, 61);
    });

    server.push("entries", { roomId: "r", entries: [message("r", 61)] });
    await client.openRoom("r");
    server.push("entries", { roomId: "r", entries: [message("r", 63)] });

    expect(rows()).toEqual(range(12, 63));
  });

  it("waits for the first sync when the room is opened before", async () => {
    const world = createFakeClient({ rooms: [sampleView("r", 3)] });
    serveHistory(world.server, () => messages("r", 1, 3));
    const opened = world.client.openRoom("r");

    await world.client.logIn({ username: "ada", password: "x" });
    await opened;

    expect(world.client.getState().rooms?.get("r")).toMatchObject({ newest: "ready", older: "start" });
  });

  it("says that it failed, and is loaded when the room is opened again", async () => {
    const { client, server, time, room } = await adaInARoom(3);
    server.on("GET /rooms/r/messages", "silence");
    const opened = client.openRoom("r").catch((error: unknown) => error);
    await time.pass(10_000);
    expect(await opened).toMatchObject({ code: "unavailable" });
    const failed = room().newest;

    serveHistory(server, () => messages("r", 1, 3));
    await client.openRoom("r");

    expect(failed).toBe("failed");
    expect(room().newest).toBe("ready");
  });

  it("is loaded by itself after the next sync where it failed", async () => {
    const { client, server, time, room, rows } = await adaInARoom(3);
    server.on("GET /rooms/r/messages", "silence");
    const opened = client.openRoom("r").catch((error: unknown) => error);
    await time.pass(10_000);
    expect(await opened).toMatchObject({ code: "unavailable" });

    server.on("GET /rooms/r", { status: 200, body: sampleView("r", 3) });
    serveHistory(server, () => messages("r", 1, 3));
    server.drop();
    await time.pass(1_000);

    expect(room().newest).toBe("ready");
    expect(rows()).toEqual([1, 2, 3]);
  });

  it("of a room that one is not in is not found", async () => {
    const { client } = await adaInARoom();

    await expect(client.openRoom("nowhere")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("older pages", () => {
  it("stand above what is there, up to where the room starts", async () => {
    const { client, server, rows, room } = await adaInARoom(120);
    serveHistory(server, () => messages("r", 1, 120));
    await client.openRoom("r");

    await Promise.all([client.loadOlder("r"), client.loadOlder("r")]);
    const once = [rows()[0], room().older];
    await client.loadOlder("r");
    await client.loadOlder("r");

    expect(once).toEqual([21, "more"]);
    expect(rows()).toEqual(range(1, 120));
    expect(room().older).toBe("start");
    expect(server.count("GET /rooms/r/messages")).toBe(3);
  });

  it("say that they failed, and are tried again", async () => {
    const { client, server, time, room } = await adaInARoom(120);
    serveHistory(server, () => messages("r", 1, 120));
    await client.openRoom("r");
    server.on("GET /rooms/r/messages", { status: 500, code: "internal" });

    const failed = client.loadOlder("r").catch((error: unknown) => error);
    await time.pass(10_000);
    expect(await failed).toMatchObject({ code: "internal" });
    const older = room().older;
    serveHistory(server, () => messages("r", 1, 120));
    await client.loadOlder("r");

    expect(older).toBe("failed");
    expect(room().older).toBe("more");
  });

  it("are given up again from the top when very much comes in live", async () => {
    const { client, server, rows, room } = await adaInARoom(3);
    serveHistory(server, () => messages("r", 1, 3));
    await client.openRoom("r");

    for (let from = 4; from <= 2_403; from += 100) {
      server.push("entries", { roomId: "r", entries: messages("r", from, from + 99) });
    }

    expect(rows()).toEqual(range(404, 2_403));
    expect(room().older).toBe("more");
  });
});

describe("a long way up", () => {
  const LENGTH = 1_000;

  /** At the beginning of a room of a thousand entries. */
  async function atTheTop() {
    const world = await adaInARoom(LENGTH);
    let length = LENGTH;
    serveHistory(world.server, () => messages("r", 1, length));
    await world.client.openRoom("r");
    let most = 0;
    while (world.room().older !== "start") {
      await world.client.loadOlder("r");
      most = Math.max(most, world.rows().length);
    }
    const say = (count: number) => {
      world.server.push("entries", { roomId: "r", entries: messages("r", length + 1, length + count) });
      length += count;
    };
    return { ...world, most, say };
  }

  it("holds no more than 600 rows, gives up the newest, and loads them again on the way down", async () => {
    const { client, rows, room, most } = await atTheTop();
    const atTop = rows();
    const stateAtTop = room();

    let pages = 0;
    for (; room().newer !== "end"; pages += 1) {
      await client.loadNewer("r");
      expect(rows().length).toBeLessThanOrEqual(600);
    }

    expect(most).toBe(600);
    expect(atTop).toEqual(range(1, 600));
    expect(stateAtTop).toMatchObject({ older: "start", newer: "more" });
    expect(pages).toBe(8);
    expect(rows()).toEqual(range(401, 1_000));
    expect(room().older).toBe("more");
  });

  it("leaves out what comes live, until the end is reached again without a gap", async () => {
    const { client, rows, room, say } = await atTheTop();

    say(3);
    const meanwhile = rows();
    while (room().newer !== "end") await client.loadNewer("r");
    say(2);

    expect(meanwhile).toEqual(range(1, 600));
    expect(room().view.room.head).toBe(1_005);
    expect(rows().slice(-5)).toEqual(range(1_001, 1_005));
  });

  it("goes back to the end at once, with what came live, also while that page was on its way", async () => {
    const { client, server, rows, room, say } = await atTheTop();
    say(3);

    const back = client.loadNewest("r");
    const meanwhile = rows();
    await back;
    const atEnd = rows();
    // The page knows nothing yet of what is pushed while it is made.
    while (room().older !== "start") await client.loadOlder("r");
    server.on("GET /rooms/r/messages", () => {
      serveHistory(server, () => messages("r", 1, 1_005));
      server.push("entries", { roomId: "r", entries: messages("r", 1_004, 1_005) });
      const page = messages("r", 954, 1_003);
      return { status: 200, body: { messages: page, page: { before: 954, after: null }, head: 1_003 } };
    });
    await client.loadNewest("r");

    expect(meanwhile).toEqual(range(1, 600));
    expect(atEnd).toEqual(range(954, 1_003));
    expect(rows()).toEqual(range(954, 1_005));
    expect(room()).toMatchObject({ newer: "end", older: "more" });
  });

  it("says that newer ones did not come, and tries again", async () => {
    const { client, server, time, room } = await atTheTop();
    server.on("GET /rooms/r/messages", { status: 500, code: "internal" });

    const failed = client.loadNewer("r").catch((error: unknown) => error);
    await time.pass(10_000);
    expect(await failed).toMatchObject({ code: "internal" });
    const newer = room().newer;
    serveHistory(server, () => messages("r", 1, LENGTH));
    await client.loadNewer("r");

    expect(newer).toBe("failed");
    expect(room().newer).toBe("more");
  });

  it("takes in no page that stands beside rows which were given up meanwhile", async () => {
    const { client, rows, room } = await atTheTop();
    await client.loadNewer("r");

    await Promise.all([client.loadOlder("r"), client.loadNewer("r")]);
    while (room().newer !== "end")
      await Promise.all([client.loadNewer("r"), client.loadOlder("r")]).catch(() => undefined);

    const held = rows();
    expect(held).toEqual(range(Number(held[0]), Number(held.at(-1))));
  });

  it("keeps what is on its way among the rows", async () => {
    const { client, rows } = await atTheTop();

    client.send("r", "from up here");

    expect(rows().at(-1)).toBe("from up here (sending)");
  });
});

describe("a hole in the history", () => {
  it("is shown, and filled on request", async () => {
    const { client, server, rows, time } = await adaInARoom(10);
    serveHistory(server, () => messages("r", 1, 10));
    await client.openRoom("r");
    // A page that ends before what came live: a server that is behind gives one.
    server.onSync(() => ({ historyId: "one", rooms: [], left: [] }));
    server.push("entries", { roomId: "r", entries: messages("r", 11, 12) });
    server.push("room:removed", { roomId: "r" });
    server.push("room:added", { view: sampleView("r", 400, { membership: { ...membership(), readSeq: 400 } }) });
    server.push("entries", { roomId: "r", entries: messages("r", 400, 401) });
    await client.openRoom("r");
    const withHole = rows();

    serveHistory(server, () => messages("r", 1, 401));
    await client.fillHole("r", 10);
    await time.pass(1_000);

    expect(withHole).toEqual([...range(1, 10), "10..400", 400, 401]);
    expect(rows()).toEqual(range(1, 401));
  });
});

const membership = () => {
  const { membership } = sampleView("r", 1);
  if (membership === null) throw new Error("The sample has a membership.");
  return membership;
};

describe("members", () => {
  it("are kept current by the log from when they were loaded, names fetched in one call", async () => {
    const { client, server, room } = await adaInARoom(4);
    server.on("GET /users", { status: 200, body: { users: [sampleUser("bob"), sampleUser("cy")] } });
    server.on("GET /rooms/r/members", {
      status: 200,
      body: { members: [sampleMember("r", "ada"), sampleMember("r", "grace")] },
    });

    await client.loadMembers("r");
    server.push("entries", {
      roomId: "r",
      entries: [joining("r", 5, "bob"), joining("r", 6, "cy"), leaving("r", 7, "grace"), roleChange("r", 8, "bob")],
    });
    await settled();

    expect(room().members?.map(({ user, membership: { role } }) => [user.id, role])).toEqual([
      ["ada", "member"],
      ["bob", "moderator"],
      ["cy", "member"],
    ]);
    expect(server.count("GET /users")).toBe(1);
  });

  it("miss nobody who came or went while the list was under way", async () => {
    const { client, server, room } = await adaInARoom(4);
    server.on("GET /users", { status: 200, body: { users: [sampleUser("bob"), sampleUser("grace")] } });
    server.on("GET /rooms/r/members", () => {
      server.push("entries", { roomId: "r", entries: [joining("r", 5, "bob"), leaving("r", 6, "grace")] });
      return { status: 200, body: { members: [sampleMember("r", "ada"), sampleMember("r", "grace")] } };
    });

    await client.loadMembers("r");
    await settled();

    expect(room().members?.map(({ user }) => user.id)).toEqual(["ada", "bob"]);
  });

  it("show another name as soon as it is told", async () => {
    const { client, server, room } = await adaInARoom(4);
    server.on("GET /rooms/r/members", { status: 200, body: { members: [sampleMember("r", "ada")] } });
    await client.loadMembers("r");

    server.push("user:changed", { user: { ...sampleUser("ada"), displayName: "Countess" } });

    expect(room().members?.[0]?.user.displayName).toBe("Countess");
    expect(client.getState().account).toMatchObject({ me: { displayName: "Countess", role: "member" } });
  });
});
