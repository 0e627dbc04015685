/** Accounts over the wire: every call, its shape, and what it refuses. */
import { randomUUID } from "node:crypto";
import type { Me, Session, User } from "../../src/protocol/shapes.js";
import { createClients, type Clients, type SignedIn, type TestUser } from "../support/clients.js";
import { startTestServer } from "../support/server.js";

let clients: Clients;
let ada: TestUser;

beforeAll(async () => {
  clients = createClients(await startTestServer());
  ada = await clients.registerUser("ada");
});

const newName = () => `n${randomUUID().slice(0, 12)}`;
const password = "correct horse battery";

it("registers: 201 with the account, a token and the cookie; the first account is the admin", async () => {
  const username = newName();
  const body = { username: username.toUpperCase(), password, displayName: " Zoe\u0308 ", email: "zoe@example.org" };

  const { status, headers, body: made } = await clients.call<SignedIn>("POST", "/auth/register", { body });

  expect(status).toBe(201);
  expect(made).toMatchObject({
    user: { username, displayName: "Zo\u00eb", email: "zoe@example.org", role: "member", avatarUrl: null, bot: false },
    expiresInMs: 15 * 60_000,
  });
  expect(headers.getSetCookie()).toEqual([
    expect.stringMatching(/^parlance_refresh=[^;]+; Max-Age=\d+; Path=\/api\/v1\/auth; HttpOnly; SameSite=Strict$/),
  ]);
  expect(await ada.call<Me>("GET", "/me")).toMatchObject({ body: { role: "admin", email: null, preferences: {} } });
});

it("the cookie is Secure exactly when PUBLIC_URL is https", async () => {
  const secure = createClients(await startTestServer({ PUBLIC_URL: "https://chat.example.org" }));

  const { headers } = await secure.call("POST", "/auth/register", { body: { username: newName(), password } });

  expect(headers.getSetCookie()[0]).toMatch(/; Secure/);
});

it.each([
  [{ username: "ab", password }, ["username"]],
  [{ username: "all", password }, ["username"]],
  [{ username: "ada.", password }, ["username"]],
  [{ username: "with space", password }, ["username"]],
  [{ username: "fine-name", password: "short" }, ["password"]],
  [{ username: "fine-name", password: "x".repeat(73) }, ["password"]],
  [{ username: "fine-name", password: "password123" }, ["password"]],
  [{ username: "fine-name", password, email: "none" }, ["email"]],
  [{ username: "fine-name", password, displayName: "a\u202eb" }, ["displayName"]],
  [{ username: "fine-name", password, role: "admin" }, ["role"]],
  [{ username: { $ne: "" }, password: { $ne: "" } }, ["username", "password"]],
  [{}, ["username", "password"]],
])("[L7] refuses to register %j", async (body, fields) => {
  const refused = await clients.refusal("POST", "/auth/register", { body });
  expect(refused).toEqual({ status: 400, code: "invalid_request", fields });
});

it("says when a username is taken, whatever its case", async () => {
  const body = { username: ada.username.toUpperCase(), password };

  expect(await clients.refusal("POST", "/auth/register", { body })).toEqual({
    status: 409,
    code: "username_taken",
    fields: ["username"],
  });
});

it("[L4] a repeated registration under the same clientId gets its account", async () => {
  const options = { body: { username: newName(), password }, headers: { "Idempotency-Key": randomUUID() } };

  const [first, second] = [
    await clients.call<SignedIn>("POST", "/auth/register", options),
    await clients.call<SignedIn>("POST", "/auth/register", options),
  ];

  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body.user).toEqual(first.body.user);
});

it("logs in whatever the case of the name; a wrong user and a wrong password get one answer", async () => {
  const login = async (username: string, word: string) =>
    await clients.call<SignedIn & { detail: string }>("POST", "/auth/login", { body: { username, password: word } });

  expect(await login(ada.username.toUpperCase(), ada.password)).toMatchObject({
    status: 200,
    body: { user: { id: ada.id } },
  });
  const answers = [
    await login(ada.username, "wrong words"),
    await login("nobody-here", "wrong words"),
    await login("?", "x"),
  ];
  for (const { status, body } of answers) expect([status, body.detail]).toEqual([401, answers[0]?.body.detail]);
  expect(await clients.refusal("POST", "/auth/login", { body: { username: "", password: "x".repeat(1_001) } })).toEqual(
    {
      status: 400,
      code: "invalid_request",
      fields: ["username", "password"],
    },
  );
});

it("renews by the cookie alone, and refuses without a genuine one", async () => {
  const bob = await clients.registerUser("bob");

  const renewed = await clients.call<SignedIn>("POST", "/auth/refresh", { cookie: bob.cookie });

  expect(renewed).toMatchObject({ status: 200, body: { user: { id: bob.id } } });
  expect(renewed.headers.getSetCookie()[0]).not.toContain(bob.cookie);
  for (const cookie of ["", "parlance_refresh=rubbish", `${bob.cookie}x`]) {
    const refused = await clients.refusal("POST", "/auth/refresh", { cookie });
    expect(refused).toEqual({ status: 401, code: "unauthenticated" });
  }
});

it("every call that is not open wants a token", async () => {
  for (const [method, path] of [
    ["GET", "/me"],
    ["PATCH", "/me"],
    ["POST", "/me/password"],
    ["GET", "/me/sessions"],
    ["DELETE", "/me/sessions/x"],
    ["GET", "/users"],
    ["GET", "/users/x"],
    ["GET", "/rooms"],
    ["POST", "/rooms"],
    ["GET", "/rooms/directory"],
    ["GET", "/rooms/x"],
    ["PATCH", "/rooms/x"],
    ["POST", "/rooms/x/join"],
    ["POST", "/rooms/x/leave"],
    ["GET", "/rooms/x/members"],
    ["PUT", "/rooms/x/members/y"],
    ["DELETE", "/rooms/x/members/y"],
    ["PATCH", "/rooms/x/membership"],
    ["GET", "/rooms/x/messages"],
    ["POST", "/rooms/x/messages"],
    ["GET", "/rooms/x/messages/1"],
    ["GET", "/rooms/x/log"],
    ["POST", "/auth/logout"],
  ] as const) {
    const refused = await clients.refusal(method, path);
    expect({ path, ...refused }).toEqual({ path, status: 401, code: "unauthenticated" });
  }
});

it("changes one's profile, and tells those who share a room", async () => {
  const bob = await clients.registerUser("bob");
  const eve = await clients.registerUser("eve");
  const { room } = await ada.createRoom("private");
  await ada.invite(room.id, bob);
  const [own, shared, foreign] = await Promise.all([ada.connect(), bob.connect(), eve.connect()]);

  const changed = await ada.call<Me>("PATCH", "/me", { displayName: "Ada L.", preferences: { theme: "dark" } });
  await own.waitFor(() => own.of("user:changed").length > 0);
  await shared.waitFor(() => shared.of("user:changed").length > 0);
  await foreign.settled();

  expect(changed.body).toMatchObject({ displayName: "Ada L.", preferences: { theme: "dark" } });
  const { email: _email, role: _role, preferences: _preferences, ...user } = changed.body;
  expect(own.of("user:changed")).toEqual([{ user }]);
  expect(shared.of("user:changed")).toEqual([{ user }]);
  expect(foreign.pushes).toEqual([]);
  expect(await ada.refusal("PATCH", "/me", { role: "admin", username: "x" })).toMatchObject({
    fields: ["role", "username"],
  });
});

it("finds users by name or by ids, and shows nobody's e-mail address", async () => {
  const tag = newName();
  const people = await Promise.all([1, 2, 3].map((index) => clients.registerUser(`${tag.slice(0, 8)}${index}`)));
  const ids = people.map(({ id }) => id);
  const users = async (query: string) => (await ada.call<{ users: User[] }>("GET", `/users?${query}`)).body.users;

  expect((await users(`query=${tag.slice(0, 8).toUpperCase()}`)).map(({ id }) => id).toSorted()).toEqual(
    ids.toSorted(),
  );
  expect(await users(`query=${tag.slice(0, 8)}&limit=2`)).toHaveLength(2);
  expect((await users(`ids=${ids.join(",")},none`)).map(({ id }) => id)).toEqual(ids);
  expect((await ada.call<User>("GET", `/users/${ids[0]}`)).body.id).toBe(ids[0]);
  for (const query of ["ids=", `ids=${"x,".repeat(101)}`, "ids=a&query=b", "limit=0", "name=x"]) {
    expect(await ada.refusal("GET", `/users?${query}`)).toMatchObject({ status: 400, code: "invalid_request" });
  }
});

it("lists where one is logged in, and changes the password only with the current one", async () => {
  const bob = await clients.registerUser("bob");
  const other = await clients.logIn(bob);
  const change = (current: string, next: string) => bob.refusal("POST", "/me/password", { current, next });

  const { sessions } = (await other.call<{ sessions: Session[] }>("GET", "/me/sessions")).body;
  expect(sessions.filter(({ current }) => current).map(({ id }) => id)).toEqual([other.sessionId]);
  expect(sessions).toHaveLength(2);
  expect(await change("not it", "another good one")).toEqual({ status: 401, code: "invalid_credentials" });
  expect(await change(bob.password, "short")).toMatchObject({ status: 400, fields: ["next"] });
  expect(await change(bob.password, "password123")).toMatchObject({ status: 400, fields: ["next"] });
});

it.each([
  ["invite", 403],
  ["closed", 403],
])("REGISTRATION=%s lets the first account in and no other", async (registration, status) => {
  const closed = createClients(await startTestServer({ REGISTRATION: registration }));
  const first = await closed.registerUser();

  const refused = await closed.refusal("POST", "/auth/register", { body: { username: newName(), password } });

  expect(refused).toEqual({ status, code: "forbidden" });
  expect(await first.call<Me>("GET", "/me")).toMatchObject({ body: { role: "admin" } });
});
