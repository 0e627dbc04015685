import { expect, it, beforeAll, describe } from "@jest/globals";
import { createAdmin, type Admin } from "../../../tests/support/admin.js";
import { createClients, type Clients } from "../../../tests/support/clients.js";
import { startTestServer, type TestServer } from "../../../tests/support/server.js";

const password = "correct horse battery";
let server: TestServer;
let clients: Clients;
let admin: Admin;

beforeAll(async () => {
  server = await startTestServer();
  clients = createClients(server);
  await clients.registerUser("founder");
  admin = await createAdmin({ MONGODB_URI: server.uri });
});

const logIn = (username: string, word = password) =>
  clients.refusal("POST", "/auth/login", { body: { username, password: word } });

describe("user create", () => {
  it("makes an account that logs in at a running server, whatever REGISTRATION says", async () => {
    const closed = await createAdmin({ MONGODB_URI: server.uri, REGISTRATION: "closed" });

    const made = await closed.run(
      ["user", "create", "Ada", "--display-name", "Ada L.", "--admin", "--password-stdin"],
      {
        input: `${password}\n`,
      },
    );

    expect(made).toEqual({ code: 0, stdout: "Made the account ada (admin).\n", stderr: "" });
    const ada = await clients.logIn({ username: "ada", password });
    expect((await ada.call("GET", "/me")).body).toMatchObject({
      username: "ada",
      displayName: "Ada L.",
      role: "admin",
    });
  });

  it("makes and prints a password with --generate", async () => {
    const { code, stdout } = await admin.run(["user", "create", "generated", "--generate"]);

    expect(code).toBe(0);
    const generated = /^Password: (\S{29})$/m.exec(stdout)?.[1] ?? "";
    expect((await clients.logIn({ username: "generated", password: generated })).username).toBe("generated");
  });

  it("asks a person twice, and does nothing when the two differ", async () => {
    const differing = await admin.run(["user", "create", "asked"], { answers: [password, `${password}!`] });
    const same = await admin.run(["user", "create", "asked"], { answers: [password, password] });

    expect(differing).toEqual({ code: 1, stdout: "", stderr: "The two differ. Nothing was changed.\n" });
    expect(same.stdout).toBe("Made the account asked (member).\n");
  });

  it("makes the first account of all an admin, and says so", async () => {
    const fresh = await createAdmin({ MONGODB_URI: server.uri.replace(/test_\w+/, "$&_fresh") });

    const made = await fresh.run(["user", "create", "first", "--generate"]);

    expect(made.stdout).toContain("Made the account first (admin).");
    expect(made.stderr).toBe("It is an admin because it is the first account.\n");
  });

  it.each([
    [
      "a name against the alphabet",
      ["Ada Lovelace"],
      password,
      "username: Must hold only a to z, 0 to 9, dot, dash and underscore.",
    ],
    ["a short password", ["bob"], "short", "password: Must be at least 8 bytes."],
    ["a long password", ["bob"], "x".repeat(73), "password: Must be at most 72 bytes."],
    [
      "a common password",
      ["bob"],
      "password123",
      "password: Is one of the most common passwords: choose one that is harder to guess.",
    ],
    ["a name that is taken", ["ADA"], password, "This username is taken."],
    ["no password", ["bob"], "", "Standard input holds no password."],
  ])("refuses %s in one line", async (_what, names, input, line) => {
    expect(await admin.run(["user", "create", ...names, "--password-stdin"], { input })).toEqual({
      code: 1,
      stdout: "",
      stderr: `${line}\n`,
    });
  });

  it("says what to do where nobody can be asked", async () => {
    const { code, stderr } = await admin.run(["user", "create", "bob"]);

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "There is no terminal to ask for a password. Add --password-stdin or --generate.\n",
    });
  });
});

describe("user password", () => {
  it("ends the user's sessions and sockets at a running server within 2 s, and nobody else's", async () => {
    const grace = await clients.registerUser("grace");
    const other = await clients.registerUser("other");
    const [socket, otherSocket] = await Promise.all([grace.connect(), other.connect()]);

    const outcome = await admin.run(["user", "password", grace.username, "--password-stdin"], { input: password });
    const endedAt = performance.now();
    const last = await socket.waitFor(() => socket.disconnected() && socket.of("session:ended")[0]);

    expect(outcome).toEqual({
      code: 0,
      stdout: `${grace.username} has a new password. Ended 1 session. The server at ${server.url} closes their connections within 2 s.\n`,
      stderr: "",
    });
    expect(performance.now() - endedAt).toBeLessThan(2_000);
    expect(last).toEqual({ code: "revoked" });
    expect(await grace.refusal("GET", "/me")).toEqual({ status: 401, code: "unauthenticated" });
    expect(await clients.refusal("POST", "/auth/refresh", { cookie: grace.cookie })).toMatchObject({ status: 401 });
    expect(await logIn(grace.username, grace.password)).toEqual({ status: 401, code: "invalid_credentials" });
    expect((await clients.logIn({ username: grace.username, password })).id).toBe(grace.id);
    expect(otherSocket.disconnected()).toBeNull();
  });

  it("refuses a common password, and a name that nobody has", async () => {
    const grace = await clients.registerUser("grace");

    const common = await admin.run(["user", "password", grace.username, "--password-stdin"], { input: "password123" });
    const unknown = await admin.run(["user", "password", "nobody", "--password-stdin"], { input: password });

    expect(common.stderr).toMatch(/most common passwords/);
    expect(unknown).toEqual({
      code: 1,
      stdout: "",
      stderr: 'There is no account named nobody. "user list" shows all.\n',
    });
    expect((await grace.call("GET", "/me")).status).toBe(200);
  });
});

describe("user deactivate and reactivate", () => {
  it("keeps a user out of login, refresh, tokens and sockets, and leaves rooms and messages", async () => {
    const grace = await clients.registerUser("grace");
    const other = await clients.registerUser("other");
    const { room } = await grace.createRoom("public");
    await other.call("POST", `/rooms/${room.id}/join`);
    const socket = await grace.connect();
    await socket.send(room.id, "still here");

    const outcome = await admin.run(["user", "deactivate", grace.username]);
    const last = await socket.waitFor(() => socket.disconnected() && socket.of("session:ended")[0], 2_000);

    expect(outcome.stdout).toContain(`${grace.username} is deactivated. Ended 1 session.`);
    expect(last).toEqual({ code: "revoked" });
    expect(await grace.refusal("GET", "/me")).toEqual({ status: 401, code: "unauthenticated" });
    expect(await clients.refusal("POST", "/auth/refresh", { cookie: grace.cookie })).toMatchObject({ status: 401 });
    expect(await logIn(grace.username, grace.password)).toEqual({ status: 401, code: "invalid_credentials" });
    const page = await other.call<{ messages: { text?: string }[] }>("GET", `/rooms/${room.id}/messages`);
    expect(page.body.messages.map(({ text }) => text)).toContain("still here");
    const members = await other.call<{ members: { user: { id: string } }[] }>("GET", `/rooms/${room.id}/members`);
    expect(members.body.members.map(({ user }) => user.id)).toContain(grace.id);
  });

  it("tells who has the right password, and nobody else, that the account is deactivated", async () => {
    const grace = await clients.registerUser("grace");
    await admin.run(["user", "deactivate", grace.username]);
    const detail = async (word: string) => {
      const body = { username: grace.username, password: word };
      return (await clients.call<{ detail: string }>("POST", "/auth/login", { body })).body.detail;
    };

    expect(await detail(grace.password)).toBe("This account was deactivated. Ask whoever runs this server.");
    expect(await detail("another password")).toBe("Wrong username or password.");
  });

  it("does not let a repeated registration in by the back door", async () => {
    const body = { username: "repeats", password };
    const headers = { "Idempotency-Key": "01234567-89ab-cdef-0123-456789abcdef" };
    await clients.call("POST", "/auth/register", { body, headers });
    await admin.run(["user", "deactivate", "repeats"]);

    expect(await clients.refusal("POST", "/auth/register", { body, headers })).toEqual({
      status: 403,
      code: "forbidden",
    });
  });

  it("lets the user in again after reactivate", async () => {
    const grace = await clients.registerUser("grace");
    await admin.run(["user", "deactivate", grace.username]);

    const first = await admin.run(["user", "reactivate", grace.username]);
    const second = await admin.run(["user", "reactivate", grace.username]);

    expect(first.stdout).toBe(`${grace.username} can log in again.\n`);
    expect(second.stdout).toBe(`${grace.username} was not deactivated.\n`);
    expect((await clients.logIn(grace)).id).toBe(grace.id);
  });
});

describe("user role and list", () => {
  it("changes the role, and says when no admin is left", async () => {
    const lonely = await createAdmin({ MONGODB_URI: server.uri.replace(/test_\w+/, "$&_lonely") });
    await lonely.run(["user", "create", "first", "--generate"]);

    const demoted = await lonely.run(["user", "role", "first", "member"]);
    const again = await lonely.run(["user", "role", "first", "member"]);
    const promoted = await lonely.run(["user", "role", "FIRST", "admin"]);

    expect(demoted.stdout).toBe("first is a member now.\n");
    expect(demoted.stderr).toBe("No active admin is left. Make one: npm run admin -- user role NAME admin\n");
    expect(again.stdout).toBe("first has that role already.\n");
    expect(promoted).toEqual({ code: 0, stdout: "FIRST is an admin now.\n", stderr: "" });
  });

  it("refuses a role that there is not", async () => {
    const { code, stderr } = await admin.run(["user", "role", "ada", "king"]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/'king' is invalid.*Allowed choices are member, admin\. Add --help/);
  });

  it("lists everybody by name with role and state", async () => {
    const listed = await createAdmin({ MONGODB_URI: server.uri.replace(/test_\w+/, "$&_listed") });
    for (const name of ["zoe", "ada", "bob"]) await listed.run(["user", "create", name, "--generate"]);
    await listed.run(["user", "deactivate", "bob"]);

    const { stdout } = await listed.run(["user", "list"]);

    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    const today = new Date().toISOString().slice(0, 10);
    expect(rows).toEqual([
      ["ada", "member", "active", today, "ada"],
      ["bob", "member", "deactivated", today, "bob"],
      ["zoe", "admin", "active", today, "zoe"],
    ]);
  });
});
