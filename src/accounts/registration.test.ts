import { randomUUID } from "node:crypto";
import { meSchema } from "../protocol/shapes.js";
import { problemOf, refusal, startEdge, type Edge } from "../../tests/support/edge.js";
import { login, password, register, signedIn, tryRegister } from "../../tests/support/people.js";

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
  await register(edge, "founder");
});
afterAll(() => edge.close());

describe("POST /auth/register", () => {
  it("answers 201 with the account, a token of 15 minutes and the cookie, the name lowered", async () => {
    const answer = await tryRegister(edge, {
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
    const { user } = await register(edge, "plainname");

    expect(user).toMatchObject({ displayName: "plainname", email: null });
  });

  it("answers username_taken whatever the case", async () => {
    await register(edge, "taken");

    const answer = await tryRegister(edge, { username: "TAKEN", password });

    expect(refusal(answer)).toEqual({ status: 409, code: "username_taken" });
    expect(problemOf(answer).fields).toEqual([{ path: "username", message: "Is taken." }]);
  });

  it("gives a name to one of two who ask at the same moment", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => tryRegister(edge, { username: "contested", password })));

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
    const answer = await tryRegister(edge, { username: "guessable-name", password: word });

    expect(refusal(answer)).toEqual({ status: 400, code: "invalid_request" });
    expect(problemOf(answer).fields?.map((field) => field.path)).toEqual([path]);
  });

  it("takes a password of 72 bytes, and not what it is the beginning of", async () => {
    const longest = "é".repeat(36);
    expect((await tryRegister(edge, { username: "longest", password: longest })).status).toBe(201);

    expect((await login(edge, "longest", longest)).status).toBe(200);
    expect(refusal(await login(edge, "longest", `${longest}x`))).toEqual({ status: 401, code: "invalid_credentials" });
  });

  it.each(["role", "_id", "id", "createdAt", "__v", "bot", "passwordHash", "first"])(
    "refuses the field %s",
    async (field) => {
      const answer = await tryRegister(edge, { username: "climber", password, [field]: "admin" });

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
    const answer = await tryRegister(edge, body);

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
