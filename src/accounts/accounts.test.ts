import { userSchema } from "../protocol/shapes.js";
import { problemOf, refusal, startEdge, type Edge } from "../../tests/support/edge.js";
import { login, password, register, signedIn } from "../../tests/support/people.js";

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
  await register(edge, "founder");
});
afterAll(() => edge.close());

describe("POST /auth/login", () => {
  it("answers 200 with the account, whatever the name's case", async () => {
    const { user } = await register(edge, "grace");

    const answer = await login(edge, "GRACE");

    expect(answer.status).toBe(200);
    expect(signedIn(answer)).toEqual({ user, accessToken: expect.any(String), expiresInMs: 900_000 });
    expect(answer.headers["set-cookie"]).toHaveLength(1);
  });

  it("answers a wrong name and a wrong password alike", async () => {
    await register(edge, "known-name");

    const [wrongWord, wrongName] = [await login(edge, "known-name", "not it at all"), await login(edge, "nobody-here")];

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
    expect(refusal(await login(edge, "founder", "x".repeat(1000)))).toEqual({
      status: 401,
      code: "invalid_credentials",
    });
  });
});

describe("GET and PATCH /me", () => {
  it("shows what was changed, and keeps what was not named", async () => {
    const { accessToken: token } = await register(edge, "changer", { email: "a@b.org" });

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
    const { accessToken: token, user } = await register(edge, "mailless", { email: "a@b.org" });

    const unchanged = await edge.call("PATCH", "/api/v1/me", { token, body: {} });
    const without = await edge.call("PATCH", "/api/v1/me", { token, body: { email: null } });

    expect(unchanged.body).toEqual(user);
    expect(without.body).toEqual({ ...user, email: null });
  });

  it("tells others of a changed display name, and of nothing else", async () => {
    const { accessToken: token, user } = await register(edge, "renamed");
    const change = (body: object) => edge.call("PATCH", "/api/v1/me", { token, body });

    await change({ email: "x@y.org" });
    await change({ displayName: "renamed" });
    await change({ displayName: "Re Named" });

    const told = edge.changed.filter(({ id }) => id === user.id);
    expect(told).toEqual([{ ...userSchema.parse(user), displayName: "Re Named" }]);
  });

  it.each(["role", "username", "_id", "passwordHash", "$set", "avatarUrl"])("refuses the field %s", async (field) => {
    const { accessToken: token } = signedIn(await login(edge, "founder"));

    const answer = await edge.call("PATCH", "/api/v1/me", { token, body: { [field]: "x" } });

    expect(refusal(answer)).toEqual({ status: 400, code: "invalid_request" });
    expect(problemOf(answer).fields?.[0]?.path).toBe(field);
  });
});

describe("POST /me/password", () => {
  it("answers 204, and every other session ends at once, with its sockets", async () => {
    const { accessToken: token, user } = await register(edge, "rekeyed");
    const other = signedIn(await login(edge, "rekeyed"));

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
    expect(refusal(await login(edge, "rekeyed"))).toEqual({ status: 401, code: "invalid_credentials" });
    expect((await login(edge, "rekeyed", "a fresh pass phrase")).status).toBe(200);
  });

  it("leaves no session behind that began with the old password at the same moment", async () => {
    const { accessToken: token } = await register(edge, "raced");
    const words = [password, ...Array.from({ length: 8 }, (_, turn) => `pass phrase number ${turn}`)];

    for (const [turn, next] of words.slice(1).entries()) {
      const current = words[turn] ?? "";
      const [changed, ...logins] = await Promise.all([
        edge.call("POST", "/api/v1/me/password", { token, body: { current, next } }),
        ...Array.from({ length: 6 }, () => login(edge, "raced", current)),
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
    const { accessToken: token } = await register(edge, "careful");

    const answer = await edge.call("POST", "/api/v1/me/password", {
      token,
      body: { current: "not it at all", next: "a fresh pass phrase" },
    });

    expect(refusal(answer)).toEqual({ status: 401, code: "invalid_credentials" });
    expect((await login(edge, "careful")).status).toBe(200);
  });

  it.each([
    ["iloveyou", "next-common"],
    ["next-own-name", "next-own-name"],
    ["1234567", "next-short"],
  ])("refuses %s as the next one", async (next, username) => {
    const { accessToken: token } = await register(edge, username);

    const answer = await edge.call("POST", "/api/v1/me/password", { token, body: { current: password, next } });

    expect(refusal(answer)).toEqual({ status: 400, code: "invalid_request" });
    expect(problemOf(answer).fields?.[0]?.path).toBe("next");
  });
});

it("leaves no password, token, cookie, name or address in the log", async () => {
  const { user, accessToken } = await register(edge, "canary", {
    displayName: "Canary Bird",
    email: "canary@example.org",
  });
  const { headers } = await login(edge, "canary");
  await login(edge, "canary", "wrong canary word");
  await edge.call("GET", "/api/v1/users?query=Canary", { token: accessToken });
  await edge.call("GET", `/api/v1/users/${user.id}`, { token: accessToken });

  const text = JSON.stringify(edge.logs);

  const cookie = headers["set-cookie"]?.[0]?.split(";")[0]?.split("=")[1] ?? "";
  expect(cookie).not.toBe("");
  for (const secret of [password, "wrong canary", accessToken, cookie, "Canary", "canary@example.org", "127.0.0.1"]) {
    expect(text).not.toContain(secret);
  }
});
