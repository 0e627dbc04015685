/** The timeline page by page, both ways, and the log as it is. */
import type { Entry } from "../../src/protocol/entries.js";
import type { Page } from "../../src/protocol/shapes.js";
import { createClients, type Clients, type TestUser } from "../support/clients.js";
import { startTestServer, type TestServer } from "../support/server.js";

interface MessagePage {
  messages: Entry[];
  page: Page;
  head: number;
}

let server: TestServer;
let clients: Clients;
let ada: TestUser;
let roomId: string;
let timeline: Entry[];
let head: number;

beforeAll(async () => {
  server = await startTestServer();
  clients = createClients(server);
  let bob: TestUser;
  [ada, bob] = await Promise.all([clients.registerUser("ada"), clients.registerUser("bob")]);
  roomId = (await ada.createRoom("private")).room.id;
  const member = `/rooms/${roomId}/members/${bob.id}`;
  const socket = await ada.connect();
  // Joins, leaves, renamings, and roles, which stand in the log but not in the timeline; more than memory keeps.
  for (let round = 0; round < 15; round++) {
    await ada.call("PUT", member, {});
    for (const role of ["moderator", "owner", "member"]) await ada.call("PUT", member, { role });
    await Promise.all(Array.from({ length: 13 }, (_, index) => socket.send(roomId, `${round} ${index}`)));
    await ada.call("PATCH", `/rooms/${roomId}`, { topic: `${round}` });
    await ada.call("DELETE", member);
  }
  const log = await readLog(ada);
  head = log.length;
  timeline = log.filter(({ kind }) => kind !== "role");
});

const path = (query: string, by = roomId) => `/rooms/${by}/messages${query}`;
const page = async (query: string, user = ada) => (await user.call<MessagePage>("GET", path(query))).body;
const seqs = (entries: readonly Entry[]) => entries.map(({ seq }) => seq);

async function readLog(user: TestUser, limit = 200): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let after = 0; ;) {
    const query = `?after=${after}&limit=${limit}`;
    const { entries, head: end } = (
      await user.call<{ entries: Entry[]; head: number }>("GET", `/rooms/${roomId}/log${query}`)
    ).body;
    found.push(...entries);
    after = entries.at(-1)?.seq ?? end;
    if (after >= end) return found;
  }
}

it("the log holds every kind, ascending, without a gap [L1]", async () => {
  const log = await readLog(ada, 77);

  expect(seqs(log)).toEqual(Array.from({ length: head }, (_, index) => index + 1));
  expect(head).toBe(1 + 15 * 19);
  expect(new Set(log.map(({ kind }) => kind))).toEqual(new Set(["join", "leave", "role", "room", "message"]));
  expect((await ada.call("GET", `/rooms/${roomId}/log?after=${head}`)).body).toEqual({ entries: [], head });
});

it.each([1, 7, 50, 200])(
  "page.before walks the whole timeline back from the newest page, %i at a time",
  async (limit) => {
    const found: Entry[] = [];

    for (let query = `?limit=${limit}`; ;) {
      const { messages, page: more, head: seen } = await page(query);
      expect(messages.length).toBeLessThanOrEqual(limit);
      expect(seen).toBe(head);
      found.unshift(...messages);
      if (more.before === null) break;
      query = `?limit=${limit}&before=${more.before}`;
    }

    expect(found).toEqual(timeline);
  },
);

it.each([1, 7, 50, 200])("page.after walks it forward from before the first, %i at a time", async (limit) => {
  const found: Entry[] = [];

  for (let query = `?limit=${limit}&after=0`; ;) {
    const { messages, page: more } = await page(query);
    expect(messages.length).toBeLessThanOrEqual(limit);
    found.push(...messages);
    if (more.after === null) break;
    query = `?limit=${limit}&after=${more.after}`;
  }

  expect(found).toEqual(timeline);
});

it("from around any position both ways lead to the ends, whatever stands there", async () => {
  for (const seq of [0, 1, 2, 3, 4, 60, 100, 150, head - 1, head, head + 5, 1e9]) {
    const start = await page(`?around=${seq}&limit=10`);
    const found = [...start.messages];
    for (let { before } = start.page; before !== null;) {
      const older = await page(`?before=${before}&limit=200`);
      found.unshift(...older.messages);
      before = older.page.before;
    }
    for (let { after } = start.page; after !== null;) {
      const newer = await page(`?after=${after}&limit=200`);
      found.push(...newer.messages);
      after = newer.page.after;
    }
    expect({ seq, found: seqs(found) }).toEqual({ seq, found: seqs(timeline) });
  }
});

it("around holds the position and as many on both sides", async () => {
  const middle = timeline[100] as Entry;

  const { messages } = await page(`?around=${middle.seq}&limit=11`);

  expect(messages).toEqual(timeline.slice(95, 106));
});

it("before and after are exclusive", async () => {
  const { seq } = timeline[100] as Entry;

  expect((await page(`?before=${seq}&limit=3`)).messages).toEqual(timeline.slice(97, 100));
  expect((await page(`?after=${seq}&limit=3`)).messages).toEqual(timeline.slice(101, 104));
});

it("at either end the page says so, and the other way leads back", async () => {
  const first = await page("?before=1");
  const last = await page(`?after=${head}`);

  expect(first).toMatchObject({ messages: [], page: { before: null } });
  expect(last).toMatchObject({ messages: [], page: { after: null } });
  expect((await page(`?after=${first.page.after}&limit=1`)).messages).toEqual(timeline.slice(0, 1));
  expect((await page(`?before=${last.page.before}&limit=1`)).messages).toEqual(timeline.slice(-1));
});

it("the newest page is the last 50, and a whole room that fits has neither before nor after", async () => {
  const small = (await ada.createRoom()).room.id;

  expect(await page("")).toMatchObject({ messages: timeline.slice(-50), page: { after: null } });
  const { body } = await ada.call<MessagePage>("GET", path("", small));
  expect(body).toMatchObject({ messages: [{ seq: 1 }], page: { before: null, after: null }, head: 1 });
});

it("one entry of the timeline is found by its seq, what is not in it is not", async () => {
  const message = timeline.find(({ kind }) => kind === "message") as Entry;
  const role = (await readLog(ada)).find(({ kind }) => kind === "role") as Entry;

  expect((await ada.call("GET", path(`/${message.seq}`))).body).toEqual(message);
  for (const seq of [role.seq, 0, head + 1, -1, "1.5", "x", "999999999999999999999"]) {
    expect(await ada.refusal("GET", path(`/${seq}`))).toEqual({ status: 404, code: "not_found" });
  }
});

it("[L6] whoever joins now can read the whole history", async () => {
  const cy = await clients.registerUser("cy");
  await ada.invite(roomId, cy);

  const { messages } = await page("?after=0&limit=200", cy);

  expect(messages).toEqual(timeline.slice(0, 200));
  await ada.call("DELETE", `/rooms/${roomId}/members/${cy.id}`);
  head += 2;
  timeline = (await readLog(ada)).filter(({ kind }) => kind !== "role");
});

it("[L1] another server on the same database, with nothing in memory, gives the same pages", async () => {
  const second = createClients(await startTestServer({ MONGODB_URI: server.uri }));
  const there = await second.logIn(ada);

  for (const query of ["", "?before=100", "?after=3&limit=200", "?around=150&limit=20", "?limit=200"]) {
    expect((await there.call("GET", path(query))).body).toEqual(await page(query));
  }
});

it.each([
  ["limit=0", "limit"],
  ["limit=201", "limit"],
  ["limit=-1", "limit"],
  ["limit=1e2", "limit"],
  ["limit=", "limit"],
  ["limit=5&limit=6", "limit"],
  ["before=x", "before"],
  ["after=-1", "after"],
  ["around=1.5", "around"],
  ["before=99999999999999999999", "before"],
  ["before=5&after=3", ""],
  ["around=5&after=3", ""],
  ["since=5", "since"],
  ["limit[$gt]=5", "limit[$gt]"],
])("[L7] refuses ?%s", async (query, field) => {
  expect(await ada.refusal("GET", path(`?${query}`))).toEqual({
    status: 400,
    code: "invalid_request",
    fields: [field],
  });
});

it.each(["limit=201", "limit=0", "after=-1", "before=3"])("[L7] refuses a log ?%s", async (query) => {
  const refused = await ada.refusal("GET", `/rooms/${roomId}/log?${query}`);
  expect(refused).toMatchObject({ status: 400, code: "invalid_request", fields: [query.split("=", 1)[0]] });
});
