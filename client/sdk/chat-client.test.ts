import { createMemoryStorage } from "./options.js";
import { adaInARoom, createFakeClient } from "./testing/fake-client.js";
import { TOKEN_LIFE_MS } from "./testing/fake-server.js";
import { settled } from "./testing/manual-time.js";
import { sampleMe, sampleUser, sampleView } from "./testing/samples.js";

const accountOf = ({ client }: ReturnType<typeof createFakeClient>) => client.getState().account;
const connectionOf = ({ client }: ReturnType<typeof createFakeClient>) => client.getState().connection;

async function remembered() {
  const storage = createMemoryStorage();
  await storage.set("parlance.logged-in", "1");
  return createFakeClient({ storage });
}

describe("starting", () => {
  it("asks nothing of /auth/refresh when nobody ever logged in", async () => {
    const world = createFakeClient();

    await world.client.start();
    await expect(world.client.listSessions()).rejects.toMatchObject({ code: "unauthenticated" });

    expect(accountOf(world)).toEqual({ kind: "signedOut", ended: null });
    expect(world.server.count("POST /auth/refresh")).toBe(0);
    expect(connectionOf(world).kind).toBe("offline");
  });

  it("resumes the session of an earlier visit", async () => {
    const world = await remembered();

    await world.client.start();
    await settled();

    expect(accountOf(world)).toEqual({ kind: "signedIn", me: sampleMe("ada") });
    expect(connectionOf(world).kind).toBe("live");
    expect(world.client.getState().server?.name).toBe("Fake");
  });

  it("says that the session is over when the server says so, and does not ask again", async () => {
    const world = await remembered();
    world.server.on("POST /auth/refresh", { status: 401, code: "unauthenticated" });

    await world.client.start();
    await world.time.pass(60_000);

    expect(accountOf(world)).toEqual({ kind: "signedOut", ended: "expired" });
    expect(world.server.count("POST /auth/refresh")).toBe(1);
    expect(await world.storage.get("parlance.logged-in")).toBeNull();
  });

  it("signs nobody out because the server is away, and goes on trying", async () => {
    const world = await remembered();
    world.server.on("POST /auth/refresh", "silence");

    await world.client.start();
    await world.time.pass(120_000);
    const whileAway = accountOf(world);
    world.server.on("POST /auth/refresh", () => world.server.signedIn("ada"));
    await world.time.pass(30_000);

    expect(whileAway).toEqual({ kind: "starting" });
    expect(accountOf(world).kind).toBe("signedIn");
    expect(connectionOf(world).kind).toBe("live");
  });
});

describe("a session", () => {
  it("renews its token before it runs out and passes it on without dropping the socket", async () => {
    const world = await adaInARoom();

    await world.time.pass(TOKEN_LIFE_MS * 0.8);

    expect(world.server.count("POST /auth/refresh")).toBe(1);
    expect(world.server.renewals).toEqual(["token-2"]);
    expect(world.server.sockets).toHaveLength(1);
    expect(connectionOf(world).kind).toBe("live");
  });

  it("renews once for many calls whose token has run out, and repeats each of them", async () => {
    const world = await adaInARoom();
    world.server.on("GET /me/sessions", ({ headers }) =>
      headers.get("authorization") === "Bearer token-1"
        ? { status: 401, code: "token_expired" }
        : { status: 200, body: { sessions: [] } },
    );

    const all = await Promise.all([world.client.listSessions(), world.client.listSessions()]);

    expect(all).toEqual([[], []]);
    expect(world.server.count("POST /auth/refresh")).toBe(1);
  });

  it("connects with a new token after the server ended the socket for an old one", async () => {
    const world = await adaInARoom();

    world.server.push("session:ended", { code: "token_expired" });
    await settled();

    expect(world.server.sockets.map(({ token }) => token)).toEqual(["token-1", "token-2"]);
    expect(connectionOf(world).kind).toBe("live");
  });

  it("renews once when the handshake is refused, and then waits", async () => {
    const world = createFakeClient();
    world.server.onHandshake(() => ({ code: "unauthenticated", detail: "", retryAfterMs: null }));

    await world.client.logIn({ username: "ada", password: "x" });
    await settled();

    expect(world.server.count("POST /auth/refresh")).toBe(1);
    expect(world.server.sockets).toHaveLength(2);
    expect(connectionOf(world)).toMatchObject({ kind: "offline", retryAt: world.time.now() + 500 });
    expect(accountOf(world).kind).toBe("signedIn");
  });

  it("is over when its token can be renewed no more; rooms and what was typed stay for the same person", async () => {
    const world = await adaInARoom();
    world.server.on("POST /auth/refresh", { status: 401, code: "unauthenticated" });

    world.server.push("session:ended", { code: "token_expired" });
    await settled();
    world.client.send("r", "written before logging in again");
    const whileOut = [accountOf(world), world.rows()];
    await world.client.logIn({ username: "ada", password: "x" });
    await settled();

    expect(whileOut).toEqual([{ kind: "signedOut", ended: "expired" }, ["written before logging in again (sending)"]]);
    expect(world.server.sent()).toMatchObject([{ text: "written before logging in again" }]);
  });

  it("leaves nothing of one person's to another one who logs in", async () => {
    const world = await adaInARoom();
    world.server.push("session:ended", { code: "revoked" });
    world.client.send("r", "Ada's");
    world.server.on("POST /auth/login", () => world.server.signedIn("grace"));
    world.server.on("GET /rooms", { status: 200, body: { rooms: [] } });

    await world.client.logIn({ username: "grace", password: "x" });
    await settled();

    expect(world.client.getState().rooms?.size).toBe(0);
    expect(world.server.sent()).toEqual([]);
  });

  it("takes no token that belongs to somebody who logged in in another tab", async () => {
    const world = await adaInARoom();
    world.server.on("POST /auth/refresh", () => world.server.signedIn("grace"));

    await world.time.pass(TOKEN_LIFE_MS * 0.8);

    expect(accountOf(world)).toEqual({ kind: "signedOut", ended: "expired" });
  });

  it("does not come back by itself after it was revoked", async () => {
    const world = await adaInARoom();

    world.server.push("session:ended", { code: "revoked" });
    await world.time.pass(300_000);
    world.signal("online");
    world.signal("visible");
    await settled();

    expect(accountOf(world)).toEqual({ kind: "signedOut", ended: "revoked" });
    expect(connectionOf(world)).toMatchObject({ kind: "refused", code: "revoked" });
    expect(world.server.sockets).toHaveLength(1);
  });

  it("does not come back by itself after too_many, but when the person says so", async () => {
    const world = await adaInARoom();

    world.server.push("session:ended", { code: "too_many" });
    await world.time.pass(300_000);
    const refused = connectionOf(world);
    world.client.retryNow();
    await settled();

    expect(refused).toMatchObject({ kind: "refused", code: "too_many" });
    expect(accountOf(world).kind).toBe("signedIn");
    expect(connectionOf(world).kind).toBe("live");
  });

  it("forgets everything at a logout, also when the server does not answer", async () => {
    const world = await adaInARoom();
    world.server.on("POST /auth/logout", "silence");
    world.client.send("r", "never sent");

    await world.client.logOut();
    await world.time.pass(300_000);

    expect(world.client.getState()).toMatchObject({ account: { kind: "signedOut", ended: null }, rooms: null });
    expect(world.client.getState().users.size).toBe(0);
    expect(await world.storage.get("parlance.logged-in")).toBeNull();
    expect(connectionOf(world).kind).toBe("offline");
    expect(world.server.sockets).toHaveLength(1);
  });

  it("leaves no timer and no connection behind when it is closed", async () => {
    const world = await adaInARoom();
    world.client.send("r", "hello");

    world.client.close();
    await settled();

    expect(world.time.count()).toBe(0);
    expect(world.server.sockets.map(({ isOpen }) => isOpen)).toEqual([false]);
  });
});

describe("calls", () => {
  it("[L4] carries one clientId through every try of a change whose outcome is unknown", async () => {
    const world = await adaInARoom();
    let tries = 0;
    world.server.on("POST /rooms", () => ((tries += 1) < 3 ? "silence" : { status: 201, body: sampleView("new", 1) }));

    const created = world.client.createRoom({ name: "New", kind: "public" });
    await world.time.pass(10_000);

    expect((await created).room.id).toBe("new");
    const bodies = world.server.requests.filter(({ path }) => path === "/rooms").flatMap(({ body }) => body ?? []);
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(world.client.getState().rooms?.has("new")).toBe(true);
  });

  it("waits as long as Retry-After says before it tries again", async () => {
    const world = await adaInARoom();
    const at: number[] = [];
    world.server.on("GET /me/sessions", () => {
      at.push(world.time.now());
      return at.length === 1
        ? { status: 429, code: "rate_limited", retryAfter: "4" }
        : { status: 200, body: { sessions: [] } };
    });

    const sessions = world.client.listSessions();
    await world.time.pass(5_000);

    expect(await sessions).toEqual([]);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBe(4_000);
  });

  it("does not repeat a change that has no clientId", async () => {
    const world = await adaInARoom();
    world.server.on("PATCH /me", "silence");

    await expect(world.client.updateMe({ displayName: "A" })).rejects.toMatchObject({ code: "unavailable" });

    expect(world.server.count("PATCH /me")).toBe(1);
  });

  it("gives the server's error with its fields, and does not repeat what is final", async () => {
    const world = await adaInARoom();
    const fields = [{ path: "name", message: "Must not be empty." }];
    world.server.on("POST /rooms", { status: 400, code: "invalid_request", fields });

    const failed = world.client.createRoom({ name: "", kind: "public" });

    await expect(failed).rejects.toMatchObject({ code: "invalid_request", fields });
    expect(world.server.count("POST /rooms")).toBe(1);
  });

  it("renews nothing for a wrong password", async () => {
    const world = createFakeClient();
    world.server.on("POST /auth/login", { status: 401, code: "invalid_credentials" });

    await expect(world.client.logIn({ username: "ada", password: "y" })).rejects.toMatchObject({
      code: "invalid_credentials",
    });

    expect(world.server.count("POST /auth/refresh")).toBe(0);
  });
});

describe("the state", () => {
  it("tells its listeners once of everything that came in one go", async () => {
    const world = await adaInARoom();
    let told = 0;
    world.client.subscribe(() => (told += 1));

    for (const name of ["a", "b", "c"]) world.server.push("user:changed", { user: sampleUser(name) });
    await settled();

    expect(told).toBe(1);
    expect(world.client.getState().users.size).toBe(4);
  });

  it("keeps the identity of rooms that did not change", async () => {
    const world = await adaInARoom();
    const before = world.client.getState().rooms;

    world.server.push("user:changed", { user: sampleUser("stranger") });
    await settled();

    expect(world.client.getState().rooms).toBe(before);
  });
});
