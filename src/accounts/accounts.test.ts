import { randomUUID } from "node:crypto";
import { meSchema, userSchema, type Me, type User } from "../protocol/shapes.js";
import { problemOf, refusal, startEdge, type CallAnswer, type Edge } from "../../tests/support/edge.js";

const password = "correct horse battery";

interface SignedInBody {
  user: Me;
  accessToken: string;
  expiresInMs: number;
}

const signedIn = (answer: CallAnswer) => answer.body as SignedInBody;
const usersOf = (answer: CallAnswer) => (answer.body as { users: User[] }).users;

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
  await register("founder");
});
afterAll(() => edge.close());

async function register(username: string, more: object = {}): Promise<SignedInBody> {
  const answer = await edge.call("POST", "/api/v1/auth/register", { body: { username, password, ...more } });
  expect(answer.status).toBe(201);
  return signedIn(answer);
}

const tryRegister = (body: unknown) => edge.call("POST", "/api/v1/auth/register", { body });
const login = (username: string, word = password) =>
  edge.call("POST", "/api/v1/auth/login", { body: { username, password: word } });

describe("POST /auth/register", () => {
  it("answers 201 with the account, a token of 15 minutes and the cookie, the name lowered", async () => {
    const answer = await tryRegister({
      username: "Ada.L",
      password,
      displayName: " Ada Lovelace ",
      email: "ada@x.org",
    });

    expect(answer.status).toBe(201);
    expect(signedIn(answer).expiresInMs).toBe(900_000);
    expect(meSchema.strict().parse(signedIn(answer).user)).toMatchObject({
      username: "ada.l",
      displayName: "Ada Lovelace",
      email: "ada@x.org",
      avatarUrl: null,
      bot: false,
      role: "member",
      preferences: {},
    });
    expect(answer.headers["set-cookie"]).toHaveLength(1);
  });

  it("takes the username for a display name that is not given", async () => {
    const { user } = await register("plainname");

    expect(user).toMatchObject({ displayName: "plainname", email: null });
  });

  it("answers username_taken whatever the case", async () => {
    await register("taken");

    const answer = await tryRegister({ username: "TAKEN", password });

    expect(refusal(answer)).toEqual({ status: 409, code: "username_taken" });
    expect(problemOf(answer).fields).toEqual([{ path: "username", message: "Is taken." }]);
  });

  it("gives a name to one of two who ask at the same moment", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => tryRegister({ username: "contested", password })));

    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  });

  it("[L4] answers a repeat under the same Idempotency-Key with the account it made", async () => {
    const clientId = randomUUID();
    const ask = (word: string) =>
      edge.call("POST", "/api/v1/auth/register", {
        body: { username: "repeated", password: word },
        headers: { "Idempotency-Key": clientId },
      });
    const first = await ask(password);

    const second = await ask(password);
    const third = await ask("another pass phrase");

    expect(signedIn(second).user).toEqual(signedIn(first).user);
    expect(refusal(third)).toEqual({ status: 409, code: "username_taken" });
  });

  it.each([
    ["a very common password", "Password1", "password"],
    ["a common one in capitals", "QWERTYUIOP", "password"],
    ["the username", "guessable-name", "password"],
    ["7 bytes", "1234567", "password"],
    ["73 bytes", "x".repeat(73), "password"],
    ["73 bytes in fewer characters", "é".repeat(36) + "x", "password"],
  ])("refuses %s", async (_what, word, path) => {
    const answer = await tryRegister({ username: "guessable-name", password: word });

    expect(refusal(answer)).toEqual({ status: 400, code: "invalid_request" });
    expect(problemOf(answer).fields?.map((field) => field.path)).toEqual([path]);
  });

  it("takes a password of 72 bytes, and not what it is the beginning of", async () => {
    const longest = "é".repeat(36);
    expect((await tryRegister({ username: "longest", password: longest })).status).toBe(201);

    expect((await login("longest", longest)).status).toBe(200);
    expect(refusal(await login("longest", `${longest}x`))).toEqual({ status: 401, code: "invalid_credentials" });
  });

  it.each(["role", "_id", "id", "createdAt", "__v", "bot", "passwordHash", "first"])(
    "refuses the field %s",
    async (field) => {
      const answer = await tryRegister({ username: "climber", password, [field]: "admin" });

      expect(refusal(answer)).toEqual({ status: 400, code: "invalid_request" });
      expect(problemOf(answer).fields).toEqual([{ path: field, message: "Is not a field of this request." }]);
    },
  );

  it.each([
    ["username", { username: { $ne: null }, password }],
    ["password", { username: "someone", password: { $gt: "" } }],
    ["username", { username: ["someone"], password }],
    ["displayName", { username: "someone", password, displayName: "a\u202Eb" }],
    ["displayName", { username: "someone", password, displayName: "\ud800" }],
    ["email", { username: "someone", password, email: "nobody" }],
    ["username", { username: "ends.", password }],
    ["username", { username: "all", password }],
  ])("names the field %s that is wrong: %j", async (path, body) => {
    const answer = await tryRegister(body);

    expect(refusal(answer)).toEqual({ status: 400, code: "invalid_request" });
    expect(problemOf(answer).fields?.[0]?.path).toBe(path);
  });

  it("refuses a key that reaches the prototype", async () => {
    const answer = await edge.call("POST", "/api/v1/auth/register", {
      raw: `{"username":"someone","password":"${password}","__proto__":{"role":"admin"}}`,
      headers: { "Content-Type": "application/json" },
    });

    expect(refusal(answer)).toEqual({ status: 400, code: "invalid_request" });
    expect(problemOf(answer).fields?.[0]?.path).toBe("__proto__");
  });
});

describe("who may register", () => {
  it("makes the very first account the admin, one of two that come at once, and no later one", async () => {
    const fresh = await startEdge();
    try {
      const ask = (username: string) => fresh.call("POST", "/api/v1/auth/register", { body: { username, password } });
      const both = await Promise.all([ask("one"), ask("two"), ask("three")]);
      const later = await ask("later");

      const roles = [...both, later].map((answer) => signedIn(answer).user.role);
      expect(roles.toSorted()).toEqual(["admin", "member", "member", "member"]);
      expect(roles[3]).toBe("member");
    } finally {
      await fresh.close();
    }
  });

  it.each([
    ["closed", "This server takes no new accounts."],
    ["invite", "New accounts on this server need an invitation."],
  ] as const)("REGISTRATION=%s lets the first account in and forbids the next", async (registration, detail) => {
    const fresh = await startEdge({ config: { registration } });
    try {
      const ask = (username: string) => fresh.call("POST", "/api/v1/auth/register", { body: { username, password } });
      const [first, second] = [await ask("first"), await ask("second")];

      expect(signedIn(first).user.role).toBe("admin");
      expect(refusal(second)).toEqual({ status: 403, code: "forbidden" });
      expect(problemOf(second).detail).toBe(detail);
      expect(refusal(await ask("first"))).toEqual({ status: 403, code: "forbidden" });
    } finally {
      await fresh.close();
    }
  });
});

describe("POST /auth/login", () => {
  it("answers 200 with the account, whatever the name's case", async () => {
    const { user } = await register("grace");

    const answer = await login("GRACE");

    expect(answer.status).toBe(200);
    expect(signedIn(answer)).toEqual({ user, accessToken: expect.any(String), expiresInMs: 900_000 });
    expect(answer.headers["set-cookie"]).toHaveLength(1);
  });

  it("answers a wrong name and a wrong password alike", async () => {
    await register("known-name");

    const [wrongWord, wrongName] = [await login("known-name", "not it at all"), await login("nobody-here")];

    expect(refusal(wrongWord)).toEqual({ status: 401, code: "invalid_credentials" });
    const { requestId: _one, ...first } = problemOf(wrongWord);
    const { requestId: _two, ...second } = problemOf(wrongName);
    expect(first).toEqual(second);
    expect(wrongWord.headers["set-cookie"]).toBeUndefined();
  });

  it.each([
    ["an object for the name", { username: { $ne: null }, password }],
    ["an object for the password", { username: "founder", password: { $ne: null } }],
    ["an empty password", { username: "founder", password: "" }],
    ["1,001 characters", { username: "founder", password: "x".repeat(1001) }],
    ["a missing field", { username: "founder" }],
    ["one field too many", { username: "founder", password, remember: true }],
    ["a list", ["founder", password]],
    ["null", null],
  ])("refuses %s", async (_what, body) => {
    expect(refusal(await edge.call("POST", "/api/v1/auth/login", { body }))).toEqual({
      status: 400,
      code: "invalid_request",
    });
  });

  it("compares a login of 1,000 characters and refuses it as wrong", async () => {
    expect(refusal(await login("founder", "x".repeat(1000)))).toEqual({ status: 401, code: "invalid_credentials" });
  });
});

describe("GET and PATCH /me", () => {
  it("shows what was changed, and keeps what was not named", async () => {
    const { accessToken: token } = await register("changer", { email: "a@b.org" });

    const patched = await edge.call("PATCH", "/api/v1/me", {
      token,
      body: { displayName: "Cafe\u0301", preferences: { theme: "dark", "a.b": 1, _bsontype: "x" } },
    });
    const read = await edge.call("GET", "/api/v1/me", { token });

    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({
      displayName: "Caf\u00e9",
      email: "a@b.org",
      preferences: { theme: "dark", "a.b": 1, _bsontype: "x" },
    });
    expect(read.body).toEqual(patched.body);
  });

  it("takes the e-mail address away with null, and changes nothing for an empty body", async () => {
    const { accessToken: token, user } = await register("mailless", { email: "a@b.org" });

    const unchanged = await edge.call("PATCH", "/api/v1/me", { token, body: {} });
    const without = await edge.call("PATCH", "/api/v1/me", { token, body: { email: null } });

    expect(unchanged.body).toEqual(user);
    expect(without.body).toEqual({ ...user, email: null });
  });

  it("tells others of a changed display name, and of nothing else", async () => {
    const { accessToken: token, user } = await register("renamed");
    const change = (body: object) => edge.call("PATCH", "/api/v1/me", { token, body });

    await change({ email: "x@y.org" });
    await change({ displayName: "renamed" });
    await change({ displayName: "Re Named" });

    const told = edge.changed.filter(({ id }) => id === user.id);
    expect(told).toEqual([{ ...userSchema.parse(user), displayName: "Re Named" }]);
  });

  it.each(["role", "username", "_id", "passwordHash", "$set", "avatarUrl"])("refuses the field %s", async (field) => {
    const { accessToken: token } = signedIn(await login("founder"));

    const answer = await edge.call("PATCH", "/api/v1/me", { token, body: { [field]: "x" } });

    expect(refusal(answer)).toEqual({ status: 400, code: "invalid_request" });
    expect(problemOf(answer).fields?.[0]?.path).toBe(field);
  });
});

describe("POST /me/password", () => {
  it("answers 204, and every other session ends at once, with its sockets", async () => {
    const { accessToken: token, user } = await register("rekeyed");
    const other = signedIn(await login("rekeyed"));

    const answer = await edge.call("POST", "/api/v1/me/password", {
      token,
      body: { current: password, next: "a fresh pass phrase" },
    });

    expect(answer.status).toBe(204);
    expect(answer.text).toBe("");
    expect((await edge.call("GET", "/api/v1/me", { token })).status).toBe(200);
    expect(refusal(await edge.call("GET", "/api/v1/me", { token: other.accessToken }))).toEqual({
      status: 401,
      code: "unauthenticated",
    });
    expect(edge.ended.filter(({ userId }) => userId === user.id)).toHaveLength(1);
    expect(refusal(await login("rekeyed"))).toEqual({ status: 401, code: "invalid_credentials" });
    expect((await login("rekeyed", "a fresh pass phrase")).status).toBe(200);
  });

  it("leaves no session behind that began with the old password at the same moment", async () => {
    const { accessToken: token } = await register("raced");
    const words = [password, ...Array.from({ length: 8 }, (_, turn) => `pass phrase number ${turn}`)];

    for (const [turn, next] of words.slice(1).entries()) {
      const current = words[turn] ?? "";
      const [changed, ...logins] = await Promise.all([
        edge.call("POST", "/api/v1/me/password", { token, body: { current, next } }),
        ...Array.from({ length: 6 }, () => login("raced", current)),
      ]);
      expect(changed.status).toBe(204);
      for (const answer of logins.filter(({ status }) => status === 200)) {
        const { accessToken } = signedIn(answer);
        expect((await edge.call("GET", "/api/v1/me", { token: accessToken })).status).toBe(401);
      }
    }
    const left = await edge.call("GET", "/api/v1/me/sessions", { token });
    expect((left.body as { sessions: unknown[] }).sessions).toHaveLength(1);
  });

  it("answers 401 invalid_credentials for a wrong current password, and changes nothing", async () => {
    const { accessToken: token } = await register("careful");

    const answer = await edge.call("POST", "/api/v1/me/password", {
      token,
      body: { current: "not it at all", next: "a fresh pass phrase" },
    });

    expect(refusal(answer)).toEqual({ status: 401, code: "invalid_credentials" });
    expect((await login("careful")).status).toBe(200);
  });

  it.each([
    ["iloveyou", "next-common"],
    ["next-own-name", "next-own-name"],
    ["1234567", "next-short"],
  ])("refuses %s as the next one", async (next, username) => {
    const { accessToken: token } = await register(username);

    const answer = await edge.call("POST", "/api/v1/me/password", { token, body: { current: password, next } });

    expect(refusal(answer)).toEqual({ status: 400, code: "invalid_request" });
    expect(problemOf(answer).fields?.[0]?.path).toBe("next");
  });
});

describe("GET /users", () => {
  let token: string;
  let ids: string[];
  beforeAll(async () => {
    token = signedIn(await login("founder")).accessToken;
    const people = [
      await register("zoe-1", { displayName: "Érica Ümlaut" }),
      await register("zoe-2", { displayName: "a.*b" }),
      await register("zoe-3", { displayName: "Zoe Three" }),
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

it("leaves no password, token, cookie, name or address in the log", async () => {
  const { user, accessToken } = await register("canary", { displayName: "Canary Bird", email: "canary@example.org" });
  const { headers } = await login("canary");
  await login("canary", "wrong canary word");
  await edge.call("GET", "/api/v1/users?query=Canary", { token: accessToken });
  await edge.call("GET", `/api/v1/users/${user.id}`, { token: accessToken });

  const text = JSON.stringify(edge.logs);

  const cookie = headers["set-cookie"]?.[0]?.split(";")[0]?.split("=")[1] ?? "";
  expect(cookie).not.toBe("");
  for (const secret of [password, "wrong canary", accessToken, cookie, "Canary", "canary@example.org", "127.0.0.1"]) {
    expect(text).not.toContain(secret);
  }
});
