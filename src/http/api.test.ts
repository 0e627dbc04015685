import { ChatError, ERRORS } from "../protocol/errors.js";
import { problemSchema } from "../protocol/shapes.js";
import { problemOf, refusal, startEdge, type Edge, type EdgeOptions } from "../../tests/support/edge.js";

const password = "correct horse battery";
const JSON_TYPE = { "Content-Type": "application/json" };
const invalid = { status: 400, code: "invalid_request" };

let edge: Edge;
let token: string;
/** what the stand-ins for the calls of other folders were given */
let seen: { params: unknown; query: unknown; body: unknown; clientId: string | null; caller: unknown }[];
let failure: unknown = null;

beforeAll(async () => {
  edge = await startEdge({
    handlers: {
      createRoom: ({ params, query, body, clientId, caller }) => {
        seen.push({ params, query, body, clientId, caller });
        return Promise.reject(failure ?? new ChatError("conflict", "As the test wants it."));
      },
      joinRoom: ({ params, query, body, clientId, caller }) => {
        seen.push({ params, query, body, clientId, caller });
        return Promise.reject(new ChatError("conflict", "As the test wants it."));
      },
    },
  });
  const answer = await edge.call("POST", "/api/v1/auth/register", { body: { username: "ada", password } });
  token = (answer.body as { accessToken: string }).accessToken;
});
beforeEach(() => {
  seen = [];
  failure = null;
});
afterAll(() => edge.close());

const room = { name: "Tea", kind: "public" } as const;
const createRoom = (options: object) => edge.call("POST", "/api/v1/rooms", { token, ...options });
const reached = { status: 409, code: "conflict" };

describe("a failed call", () => {
  it("is answered with a problem of RFC 9457", async () => {
    const answer = await edge.call("GET", "/api/v1/me");

    expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(problemSchema.strict().parse(answer.body)).toEqual({
      type: "urn:parlance:error:unauthenticated",
      title: "Log in first",
      status: 401,
      code: "unauthenticated",
      detail: "Log in first: this call wants an access token.",
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it.each(Object.keys(ERRORS) as (keyof typeof ERRORS)[])("has the status of its code: %s", async (code) => {
    failure = new ChatError(code, "As the test wants it.", { retryAfterMs: 1_001 });

    const answer = await createRoom({ body: room });

    expect(refusal(answer)).toEqual({ status: ERRORS[code].status, code });
    expect(answer.headers["retry-after"]).toBe("2");
  });

  it("says internal and no more for a fault of ours, which the log holds whole under the same id", async () => {
    failure = new Error("secret of /home/server: E11000 in collection users");

    const answer = await createRoom({ body: room });

    expect(refusal(answer)).toEqual({ status: 500, code: "internal" });
    expect(answer.text).not.toMatch(/secret|home|E11000|collection|\.ts|node_modules/);
    const line = edge.logs.find(
      ({ level, requestId }) => level === "error" && requestId === problemOf(answer).requestId,
    );
    expect(line?.["err"]).toMatchObject({ message: "secret of /home/server: E11000 in collection users" });
  });

  it("is unavailable when the database went away meanwhile", async () => {
    const away: EdgeOptions = {
      app: { isDatabaseError: (error) => error instanceof RangeError },
      handlers: { getServer: () => Promise.reject(new RangeError("no primary")) },
    };
    const other = await startEdge(away);

    const answer = await other.call("GET", "/api/v1/server");
    await other.close();

    expect(refusal(answer)).toEqual({ status: 503, code: "unavailable" });
    expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(answer.text).not.toContain("primary");
  });
});

describe("[L7] while the database is away", () => {
  it("every call but /server answers unavailable, whatever its token, and the probes go on", async () => {
    const other = await startEdge({
      app: { isAvailable: () => false, readiness: () => ({ ready: false, reason: "The database is away." }) },
      handlers: { getServer: () => Promise.reject(new ChatError("conflict", "Reached.")) },
    });
    try {
      for (const [method, path] of [
        ["GET", "/me"],
        ["POST", "/auth/login"],
        ["POST", "/auth/refresh"],
        ["GET", "/rooms/x/messages"],
      ] as const) {
        const answer = await other.call(method, `/api/v1${path}`, { token: "expired or wrong" });
        expect(refusal(answer)).toEqual({ status: 503, code: "unavailable" });
        expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1);
      }
      expect(refusal(await other.call("GET", "/api/v1/server"))).toEqual(reached);
      expect((await other.call("GET", "/healthz")).status).toBe(200);
      const ready = await other.call("GET", "/readyz");
      expect([ready.status, ready.body]).toEqual([503, { status: "not ready", reason: "The database is away." }]);
    } finally {
      await other.close();
    }
  });
});

describe("the body", () => {
  it("of 64 KiB is read, one byte more is payload_too_large", async () => {
    const ofBytes = (bytes: number) => {
      const rest = JSON.stringify(room);
      return rest + " ".repeat(bytes - rest.length);
    };

    const fits = await createRoom({ raw: ofBytes(65_536), headers: JSON_TYPE });
    const over = await createRoom({ raw: ofBytes(65_537), headers: JSON_TYPE });

    expect(refusal(fits)).toEqual(reached);
    expect(refusal(over)).toEqual({ status: 413, code: "payload_too_large" });
  });

  it.each([
    ["broken JSON", "{", JSON_TYPE],
    ["a bare word", "tea", JSON_TYPE],
    ["a form", "name=Tea&kind=public", { "Content-Type": "application/x-www-form-urlencoded" }],
    ["JSON called text", JSON.stringify(room), { "Content-Type": "text/plain" }],
    ["JSON called nothing", JSON.stringify(room), {}],
    [
      "broken UTF-8",
      Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc3, 0x28]), Buffer.from('","kind":"public"}')]),
      JSON_TYPE,
    ],
    ["compressed JSON", JSON.stringify(room), { ...JSON_TYPE, "Content-Encoding": "gzip" }],
    ["a list", "[]", JSON_TYPE],
    ["null", "null", JSON_TYPE],
    ["text", '"tea"', JSON_TYPE],
    ["a deep nest", "[".repeat(30_000) + "]".repeat(30_000), JSON_TYPE],
    [
      "a key to the prototype, deep down",
      '{"name":"Tea","kind":"public","topic":{"constructor":{"prototype":{}}}}',
      JSON_TYPE,
    ],
    ["a lone surrogate", '{"name":"\\ud83d","kind":"public"}', JSON_TYPE],
    ["an unknown field", JSON.stringify({ ...room, head: 7 }), JSON_TYPE],
  ])("is refused as %s", async (_what, raw, headers) => {
    expect(refusal(await createRoom({ raw, headers }))).toEqual(invalid);
    expect(seen).toEqual([]);
  });

  it("takes a charset and an empty body, for which each field is missing", async () => {
    const charset = { "Content-Type": "application/json; charset=utf-8" };

    expect(refusal(await createRoom({ raw: JSON.stringify(room), headers: charset }))).toEqual(reached);
    expect(problemOf(await createRoom({})).fields?.map(({ path }) => path)).toEqual(["name", "kind"]);
  });

  it("names each place that is wrong", async () => {
    const answer = await createRoom({ body: { name: "", kind: "direct", topic: 5, color: "red" } });

    expect(
      problemOf(answer)
        .fields?.map(({ path }) => path)
        .toSorted(),
    ).toEqual(["color", "kind", "name", "topic"]);
  });

  it("may be absent or {} where a call has none, and nothing else", async () => {
    const join = (options: object) => edge.call("POST", "/api/v1/rooms/r1/join", { token, ...options });

    expect(refusal(await join({}))).toEqual(reached);
    expect(refusal(await join({ body: {} }))).toEqual(reached);
    expect(refusal(await join({ body: { as: "owner" } }))).toEqual(invalid);
    expect(refusal(await join({ body: [] }))).toEqual(invalid);
    expect(refusal(await edge.call("POST", "/api/v1/rooms/r1/join?as=owner", { token }))).toEqual(invalid);
    expect(refusal(await edge.call("GET", "/api/v1/me", { token, body: { a: 1 } }))).toEqual(invalid);
  });
});

describe("[L4] the clientId of a changing call", () => {
  const one = "0a1b2c3d-0000-4000-8000-00000000000a";
  const other = "0a1b2c3d-0000-4000-8000-00000000000b";

  it("comes from the header or the body, lower-cased, and is null without either", async () => {
    await createRoom({ body: room, headers: { "Idempotency-Key": one.toUpperCase() } });
    await createRoom({ body: { ...room, clientId: one.toUpperCase() } });
    await createRoom({ body: { ...room, clientId: one }, headers: { "Idempotency-Key": one.toUpperCase() } });
    await createRoom({ body: room });

    expect(seen.map(({ clientId }) => clientId)).toEqual([one, one, one, null]);
  });

  it("is refused when the two differ, or the header is none", async () => {
    const answers = [
      await createRoom({ body: { ...room, clientId: one }, headers: { "Idempotency-Key": other } }),
      await createRoom({ body: room, headers: { "Idempotency-Key": "1" } }),
      await createRoom({ body: room, headers: { "Idempotency-Key": "" } }),
    ];

    for (const answer of answers) {
      expect(refusal(answer)).toEqual(invalid);
      expect(problemOf(answer).fields?.[0]?.path).toBe("Idempotency-Key");
    }
    expect(seen).toEqual([]);
  });
});

describe("addresses", () => {
  it("hand over what stands in their place, decoded", async () => {
    await edge.call("POST", "/api/v1/rooms/a%2Fb%20c/join", { token });

    expect(seen[0]?.params).toEqual({ roomId: "a/b c" });
  });

  it.each([
    ["GET", "/api/v1/nothing"],
    ["GET", "/api/v1"],
    ["GET", "/api/v1/me/"],
    ["GET", "/api/v1/ME"],
    ["DELETE", "/api/v1/server"],
    ["GET", "/api/v2/me"],
    ["GET", "/api/v1/../../etc/passwd"],
    ["POST", "/"],
    ["GET", "/socket.io/"],
  ])("%s %s is not there", async (method, path) => {
    expect(refusal(await edge.call(method, path, { token }))).toEqual({ status: 404, code: "not_found" });
  });

  it.each(["/api/v1/users/%ZZ", "/api/v1/users/%", "/%C3%28", "/api/v1/users/%E0%A4%A"])(
    "%s, which cannot be decoded, is the caller's fault",
    async (path) => {
      const { status } = await edge.call("GET", path, { token });

      expect([400, 404]).toContain(status);
    },
  );

  it("answer OPTIONS with what they take, and HEAD like GET without the body", async () => {
    const options = await edge.call("OPTIONS", "/api/v1/me");
    const head = await edge.call("HEAD", "/api/v1/me", { token });

    expect([options.status, options.headers["allow"]]).toEqual([204, "OPTIONS, GET, HEAD, PATCH"]);
    expect(options.headers["access-control-allow-origin"]).toBeUndefined();
    expect([head.status, head.text]).toEqual([200, ""]);
  });
});

describe("the log", () => {
  it("has one line a call: method, route, status, time, who, code and id, and no query", async () => {
    const answer = await edge.call("GET", "/api/v1/users?query=hush&nope=hush", { token });

    const lines = edge.logs.filter(({ requestId }) => requestId === problemOf(answer).requestId);
    expect(lines).toEqual([
      {
        level: "info",
        time: expect.any(String),
        requestId: problemOf(answer).requestId,
        method: "GET",
        route: "/api/v1/users",
        status: 400,
        ms: expect.any(Number),
        userId: expect.stringMatching(/^[0-9a-f]{24}$/),
        code: "invalid_request",
        msg: "request",
      },
    ]);
  });

  it("has the probes at debug", async () => {
    await edge.call("GET", "/healthz?x=1");

    expect(edge.logs.at(-1)).toMatchObject({ level: "debug", route: "/healthz", status: 200 });
  });
});
