import { userSchema, type User } from "../protocol/shapes.js";
import { refusal, startEdge, type CallAnswer, type Edge } from "../../tests/support/edge.js";
import { login, register, signedIn } from "../../tests/support/people.js";
import type { StoredUser } from "./user-model.js";
import { createUsers } from "./users.js";

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
  await register(edge, "founder");
});
afterAll(() => edge.close());

const usersOf = (answer: CallAnswer) => (answer.body as { users: User[] }).users;

describe("GET /users", () => {
  let token: string;
  let ids: string[];
  beforeAll(async () => {
    token = signedIn(await login(edge, "founder")).accessToken;
    const people = [
      await register(edge, "zoe-1", { displayName: "Érica Ümlaut" }),
      await register(edge, "zoe-2", { displayName: "a.*b" }),
      await register(edge, "zoe-3", { displayName: "Zoe Three" }),
    ];
    ids = people.map(({ user }) => user.id);
  });
  const find = (query: string) => edge.call("GET", `/api/v1/users?${query}`, { token });

  it("finds by the beginning of the username or of the display name, without case", async () => {
    expect(usersOf(await find("query=ZOE-")).map(({ username }) => username)).toEqual(["zoe-1", "zoe-2", "zoe-3"]);
    expect(usersOf(await find("query=zoe%20t")).map(({ username }) => username)).toEqual(["zoe-3"]);
    expect(usersOf(await find("query=%C3%A9rICA")).map(({ username }) => username)).toEqual(["zoe-1"]);
  });

  it("takes the words as they are, not as a pattern", async () => {
    expect(usersOf(await find("query=a.*b")).map(({ username }) => username)).toEqual(["zoe-2"]);
    expect(usersOf(await find("query=.*"))).toEqual([]);
    expect(usersOf(await find(`query=${encodeURIComponent("(((((")}`))).toEqual([]);
    expect(usersOf(await find(`query=${encodeURIComponent("\\")}`))).toEqual([]);
  });

  it("shows what others may see, no more, and at most `limit` of them", async () => {
    const users = usersOf(await find("query=zoe-&limit=2"));

    expect(users).toHaveLength(2);
    for (const user of users) userSchema.strict().parse(user);
  });

  it("gives everybody, by name, without a query", async () => {
    const names = usersOf(await find("limit=200")).map(({ username }) => username);

    expect(names).toContain("founder");
    expect(names).toEqual(names.toSorted());
  });

  it("finds by ids in the order asked for, each once, those that exist", async () => {
    const [one = "", two = ""] = ids;

    const answer = await find(`ids=${two},nobody,${one}&ids=${two}`);

    expect(usersOf(answer).map(({ id }) => id)).toEqual([two, one]);
  });

  it.each([
    "limit=0",
    "limit=201",
    "limit=1e3",
    "limit=-1",
    "limit=",
    "limit=5&limit=6",
    "ids=",
    `ids=${Array.from({ length: 101 }, (_, index) => String(index)).join(",")}`,
    "query=a&ids=b",
    "query[$ne]=a",
    "query=a&query=b",
    `query=${"x".repeat(65)}`,
    "query=%00",
    "__proto__=x",
    "unknown=1",
  ])("refuses ?%.40s", async (query) => {
    expect(refusal(await find(query))).toEqual({ status: 400, code: "invalid_request" });
  });

  it("answers one user by id, and not_found for an id that nobody has or could have", async () => {
    const [one = ""] = ids;

    expect(userSchema.strict().parse((await edge.call("GET", `/api/v1/users/${one}`, { token })).body).id).toBe(one);
    for (const id of ["0".repeat(24), "x", "%00", "[object%20Object]", "$ne", "x".repeat(5_000)]) {
      const answer = await edge.call("GET", `/api/v1/users/${id}`, { token });
      expect(refusal(answer)).toEqual({ status: 404, code: "not_found" });
    }
  });

  it("serves `users` to the other parts", async () => {
    const [one = ""] = ids;

    expect((await edge.accounts.users.byIds([one, "x"])).map(({ id }) => id)).toEqual([one]);
    expect(await edge.accounts.users.exists(one)).toBe(true);
    expect(await edge.accounts.users.exists("x")).toBe(false);
  });
});

const numbered = (index: number): StoredUser => ({
  _id: index.toString(16).padStart(24, "0"),
  username: `user-${String(index).padStart(5, "0")}`,
  displayName: `Person ${index}`,
  searchName: `person ${index}`,
  email: null,
  role: "member",
  preferences: "{}",
  passwordHash: "none",
  bot: false,
  createdAt: new Date(),
});

it("searches by walking an index, no further than the page that is asked for", async () => {
  const [model] = edge.accounts.models;
  await model.insertMany(Array.from({ length: 2_000 }, (_, index) => numbered(index)));
  const users = createUsers(model);
  await edge.connection.db?.command({ profile: 2 });

  await users.search("", 10);
  await users.search("user-", 10);
  await users.search("Person 1", 10);
  await edge.connection.db?.command({ profile: 0 });

  const walks = await edge.connection
    .collection("system.profile")
    .find({ op: "query", "command.find": "users" })
    .project<{ planSummary: string; keysExamined: number; docsExamined: number; hasSortStage?: boolean }>({
      planSummary: 1,
      keysExamined: 1,
      docsExamined: 1,
      hasSortStage: 1,
    })
    .toArray();
  expect(walks).toHaveLength(5);
  for (const { planSummary, keysExamined, docsExamined, hasSortStage = false } of walks) {
    expect(planSummary).toMatch(/^IXSCAN/);
    expect(keysExamined).toBeLessThanOrEqual(11);
    expect(docsExamined).toBeLessThanOrEqual(11);
    expect(hasSortStage).toBe(false);
  }
});
