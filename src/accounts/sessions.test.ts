import type { Session } from "../protocol/shapes.js";
import { problemOf, refusal, startEdge, type CallAnswer, type Edge } from "../../tests/support/edge.js";

const password = "correct horse battery";
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterEach(async () => {
  const [users, sessions] = edge.accounts.models;
  await Promise.all([users.deleteMany({}), sessions.deleteMany({})]);
  edge.ended.length = 0;
  edge.logs.length = 0;
});
afterAll(() => edge.close());

interface Visit {
  token: string;
  cookie: string;
  userId: string;
}

/** The cookie that a browser would send back. */
const cookieOf = (answer: CallAnswer) => answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";

function toVisit(answer: CallAnswer): Visit {
  const { accessToken, user } = answer.body as { accessToken: string; user: { id: string } };
  return { token: accessToken, cookie: cookieOf(answer), userId: user.id };
}

async function visit(username: string, path = "register", headers: Record<string, string> = {}): Promise<Visit> {
  return toVisit(await edge.call("POST", `/api/v1/auth/${path}`, { body: { username, password }, headers }));
}

const refresh = (cookie: string, headers: Record<string, string> = {}) =>
  edge.call("POST", "/api/v1/auth/refresh", { cookie, headers });
const getMe = (token: string) => edge.call("GET", "/api/v1/me", { token });
const sessionsOf = async (token: string) =>
  ((await edge.call("GET", "/api/v1/me/sessions", { token })).body as { sessions: Session[] }).sessions;

const unauthenticated = { status: 401, code: "unauthenticated" };

describe("the cookie", () => {
  it("is HttpOnly, strict, narrow, lasts 30 days, and is Secure exactly when PUBLIC_URL is https", async () => {
    const plain = await edge.call("POST", "/api/v1/auth/register", { body: { username: "ada", password } });
    const secure = await startEdge({ config: { publicUrl: "https://chat.example.org" } });
    const safe = await secure.call("POST", "/api/v1/auth/register", { body: { username: "ada", password } });
    await secure.close();

    const [, ...attributes] = plain.headers["set-cookie"]?.[0]?.split("; ") ?? [];
    const [, ...safeAttributes] = safe.headers["set-cookie"]?.[0]?.split("; ") ?? [];
    const expected = ["HttpOnly", "Max-Age=2592000", "Path=/api/v1/auth", "SameSite=Strict"];
    expect(attributes.toSorted()).toEqual(expected);
    expect(safeAttributes.toSorted()).toEqual([...expected, "Secure"]);
  });
});

describe("POST /auth/refresh", () => {
  it("answers 200 with a new token and a new cookie", async () => {
    const first = await visit("ada");

    const answer = await refresh(first.cookie);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ user: { username: "ada" }, expiresInMs: 900_000 });
    expect(cookieOf(answer)).not.toBe(first.cookie);
    expect((await getMe(toVisit(answer).token)).status).toBe(200);
  });

  it("gives a replaced token the same successor again, until that one has been used", async () => {
    const { cookie } = await visit("ada");
    const [first, again] = [await refresh(cookie), await refresh(cookie)];
    expect(cookieOf(again)).toBe(cookieOf(first));

    const next = await refresh(cookieOf(first));

    expect(next.status).toBe(200);
    expect(refusal(await refresh(cookie))).toEqual(unauthenticated);
  });

  it("gives two that come at once one successor", async () => {
    const { cookie } = await visit("ada");

    const answers = await Promise.all([refresh(cookie), refresh(cookie), refresh(cookie)]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(cookieOf)).size).toBe(1);
    expect((await refresh(cookieOf(answers[0]))).status).toBe(200);
  });

  it("ends the session when an older token comes back, with its tokens and sockets, and says so in the log", async () => {
    const stolen = await visit("ada");
    const second = toVisit(await refresh(stolen.cookie));
    const third = toVisit(await refresh(second.cookie));

    const answer = await refresh(stolen.cookie);

    expect(refusal(answer)).toEqual(unauthenticated);
    expect(edge.ended).toEqual([{ userId: stolen.userId, sessionId: expect.any(String) }]);
    expect(refusal(await refresh(third.cookie))).toEqual(unauthenticated);
    expect(refusal(await getMe(third.token))).toEqual(unauthenticated);
    const warnings = edge.logs.filter(({ level }) => level === "warn");
    expect(warnings).toMatchObject([{ userId: stolen.userId, msg: "refresh token used again, session ended" }]);
  });

  it("leaves the user's other sessions alone when one is ended by reuse", async () => {
    const stolen = await visit("ada");
    const other = await visit("ada", "login");
    const second = toVisit(await refresh(stolen.cookie));
    await refresh(second.cookie);

    await refresh(stolen.cookie);

    expect((await getMe(other.token)).status).toBe(200);
  });

  it.each([
    ["no cookie", () => ""],
    ["an empty one", () => "parlance_refresh="],
    ["another generation under the same seal", (genuine: string) => genuine.replace(".0.", ".1.")],
    ["a broken seal", (genuine: string) => genuine.replace(/.{4}$/, "AAAA")],
    ["another session under the same seal", (genuine: string) => genuine.replace(/=[0-9a-f]{4}/, "=ffff")],
    ["a huge one", () => `parlance_refresh=${"a".repeat(4_000)}`],
  ])("answers unauthenticated to %s, and the session lives on", async (_what, forge) => {
    const { cookie, token } = await visit("ada");
    const forged = forge(cookie);

    const answer = await refresh(forged);

    expect(forged).not.toBe(cookie);
    expect(refusal(answer)).toEqual(unauthenticated);
    expect((await getMe(token)).status).toBe(200);
    expect((await refresh(cookie)).status).toBe(200);
  });

  it("does not take an access token for a refresh token, nor the other way round", async () => {
    const { cookie, token } = await visit("ada");

    expect(refusal(await refresh(`parlance_refresh=${token}`))).toEqual(unauthenticated);
    expect(refusal(await getMe(cookie.split("=")[1] ?? ""))).toEqual(unauthenticated);
  });

  it("slides: a session that is renewed lives on after 30 days, one that is not ends", async () => {
    const kept = await visit("ada");
    const left = await visit("ada", "login");
    edge.advance(20 * DAY);
    const renewed = await refresh(kept.cookie);
    edge.advance(11 * DAY);

    expect((await refresh(cookieOf(renewed))).status).toBe(200);
    expect(refusal(await refresh(left.cookie))).toEqual(unauthenticated);
    expect(edge.ended).toEqual([]);
  });

  it("takes no field and no query", async () => {
    const { cookie } = await visit("ada");

    const withBody = await edge.call("POST", "/api/v1/auth/refresh", { cookie, body: { a: 1 } });
    const withQuery = await edge.call("POST", "/api/v1/auth/refresh?a=1", { cookie });
    const withEmptyBody = await edge.call("POST", "/api/v1/auth/refresh", { cookie, body: {} });

    expect(refusal(withBody)).toEqual({ status: 400, code: "invalid_request" });
    expect(refusal(withQuery)).toEqual({ status: 400, code: "invalid_request" });
    expect(withEmptyBody.status).toBe(200);
  });
});

describe("the Origin of the cookie's calls", () => {
  const own = () => `http://127.0.0.1:${edge.port}`;

  it.each(["refresh", "logout"])("%s is forbidden from a foreign one, and changes nothing", async (call) => {
    const { cookie } = await visit("ada");
    const ask = (origin: string) => edge.call("POST", `/api/v1/auth/${call}`, { cookie, headers: { Origin: origin } });

    for (const origin of ["http://evil.example", "null", "https://127.0.0.1", `${own()}.evil.example`, "file://"]) {
      expect(refusal(await ask(origin))).toEqual({ status: 403, code: "forbidden" });
    }
    expect((await refresh(cookie)).status).toBe(200);
  });

  it("is let in when it is our own, or not there", async () => {
    const { cookie } = await visit("ada");

    const first = await refresh(cookie, { Origin: own() });
    const second = await refresh(cookieOf(first));

    expect([first.status, second.status]).toEqual([200, 200]);
  });
});

describe("POST /auth/logout", () => {
  it("answers 204 by token, clears the cookie, and ends tokens and sockets at once", async () => {
    const { token, cookie, userId } = await visit("ada");

    const answer = await edge.call("POST", "/api/v1/auth/logout", { token });

    expect(answer.status).toBe(204);
    expect(answer.headers["set-cookie"]?.[0]).toBe(
      "parlance_refresh=; Max-Age=0; Path=/api/v1/auth; HttpOnly; SameSite=Strict",
    );
    expect(edge.ended).toEqual([{ userId, sessionId: expect.any(String) }]);
    expect(refusal(await getMe(token))).toEqual(unauthenticated);
    expect(refusal(await refresh(cookie))).toEqual(unauthenticated);
  });

  it("answers 204 by cookie alone, also next to a token that ran out, and again", async () => {
    const { token, cookie, userId } = await visit("ada");
    edge.advance(16 * MINUTE);

    const first = await edge.call("POST", "/api/v1/auth/logout", { token, cookie });
    const second = await edge.call("POST", "/api/v1/auth/logout", { cookie });

    expect([first.status, second.status]).toEqual([204, 204]);
    expect(edge.ended).toEqual([{ userId, sessionId: expect.any(String) }]);
  });

  it("answers unauthenticated with neither, and token_expired with an old token alone", async () => {
    const { token } = await visit("ada");
    edge.advance(16 * MINUTE);

    expect(refusal(await edge.call("POST", "/api/v1/auth/logout"))).toEqual(unauthenticated);
    expect(refusal(await edge.call("POST", "/api/v1/auth/logout", { token }))).toEqual({
      status: 401,
      code: "token_expired",
    });
  });
});

describe("/me/sessions", () => {
  it("lists one's own, the current one marked, and nobody else's", async () => {
    const phone = await visit("ada", "register", { "User-Agent": "Phone/1" });
    await visit("grace");
    edge.advance(MINUTE);
    const laptop = await visit("ada", "login", { "User-Agent": `Laptop/${"9".repeat(400)}` });

    const sessions = await sessionsOf(laptop.token);

    expect(sessions).toHaveLength(2);
    expect(sessions[0]).toEqual({
      id: expect.any(String),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      lastUsedAt: expect.any(String),
      userAgent: `Laptop/${"9".repeat(293)}`,
      current: true,
    });
    expect(sessions[1]).toMatchObject({ userAgent: "Phone/1", current: false });
    expect((await sessionsOf(phone.token)).map(({ current }) => current)).toEqual([false, true]);
  });

  it("ends one of one's own, with its token and sockets", async () => {
    const phone = await visit("ada");
    const laptop = await visit("ada", "login");
    const id = (await sessionsOf(laptop.token)).find(({ current }) => !current)?.id ?? "";

    const answer = await edge.call("DELETE", `/api/v1/me/sessions/${id}`, { token: laptop.token });

    expect(answer.status).toBe(204);
    expect(edge.ended).toEqual([{ userId: phone.userId, sessionId: id }]);
    expect(refusal(await getMe(phone.token))).toEqual(unauthenticated);
    expect(await sessionsOf(laptop.token)).toHaveLength(1);
  });

  it("answers not_found for another's, an ended one, and what cannot be one", async () => {
    const ada = await visit("ada");
    const grace = await visit("grace");
    const theirs = (await sessionsOf(grace.token))[0]?.id ?? "";

    for (const id of [theirs, "0".repeat(24), "x", "%7B%22$ne%22:1%7D"]) {
      const answer = await edge.call("DELETE", `/api/v1/me/sessions/${id}`, { token: ada.token });
      expect(refusal(answer)).toEqual({ status: 404, code: "not_found" });
    }
    expect((await getMe(grace.token)).status).toBe(200);
  });

  it("clears the cookie when the session that ends is the one that asks", async () => {
    const { token } = await visit("ada");
    const id = (await sessionsOf(token))[0]?.id ?? "";

    const answer = await edge.call("DELETE", `/api/v1/me/sessions/${id}`, { token });

    expect(answer.headers["set-cookie"]?.[0]).toContain("Max-Age=0");
  });

  it("keeps lastUsedAt roughly", async () => {
    const { token } = await visit("ada");
    const before = (await sessionsOf(token))[0]?.lastUsedAt;
    edge.advance(10 * MINUTE);

    await getMe(token);
    await edge.accounts.close();

    const after = (await sessionsOf(token))[0]?.lastUsedAt;
    expect(Date.parse(after ?? "") - Date.parse(before ?? "")).toBeGreaterThanOrEqual(10 * MINUTE);
  });
});

describe("the access token", () => {
  it("runs out after 15 minutes: token_expired, not unauthenticated", async () => {
    const { token } = await visit("ada");
    edge.advance(15 * MINUTE - 2_000);
    expect((await getMe(token)).status).toBe(200);

    edge.advance(4_000);

    expect(refusal(await getMe(token))).toEqual({ status: 401, code: "token_expired" });
  });

  it("is refused within 30 s when its session ended on another server", async () => {
    const { token } = await visit("ada");
    await getMe(token);
    await edge.accounts.models[1].deleteMany({});
    expect((await getMe(token)).status).toBe(200);

    edge.advance(30_000);

    expect(refusal(await getMe(token))).toEqual(unauthenticated);
  });

  it.each(["", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Token x", "Bearer x.y.z"])(
    "is asked for when the header is '%s'",
    async (header) => {
      const answer = await edge.call("GET", "/api/v1/me", { headers: { Authorization: header } });

      expect(refusal(answer)).toEqual(unauthenticated);
      expect(answer.headers["www-authenticate"]).toBe("Bearer");
      expect(problemOf(answer).detail).not.toContain("jwt");
    },
  );
});
