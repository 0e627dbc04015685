import { jest } from "@jest/globals";
import { refusal, startEdge, type CallAnswer, type Edge, type EdgeOptions } from "../../tests/support/edge.js";

const password = "correct horse battery";
const limited = { status: 429, code: "rate_limited" };
const from = (address: string) => ({ "X-Forwarded-For": address });

async function withEdge(options: EdgeOptions, work: (edge: Edge) => Promise<void>): Promise<void> {
  const edge = await startEdge(options);
  try {
    await work(edge);
  } finally {
    await edge.close();
  }
}

const rates = (authPerMinute: number, requestsPerMinute = 10_000) => ({ authPerMinute, requestsPerMinute });
const login = (edge: Edge, username: string, address: string) =>
  edge.call("POST", "/api/v1/auth/login", { body: { username, password: "wrong word" }, headers: from(address) });

async function register(edge: Edge, username: string): Promise<{ token: string; cookie: string }> {
  const answer = await edge.call("POST", "/api/v1/auth/register", { body: { username, password } });
  expect(answer.status).toBe(201);
  return {
    token: (answer.body as { accessToken: string }).accessToken,
    cookie: answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "",
  };
}

const codes = (answers: CallAnswer[]) => answers.map(({ status }) => status);

describe("login and register", () => {
  it("are limited by address, over both, whatever the name", async () => {
    await withEdge({ config: { trustProxy: 1, rates: rates(3) } }, async (edge) => {
      const answers = [
        await login(edge, "one", "192.0.2.1"),
        await login(edge, "two", "192.0.2.1"),
        await edge.call("POST", "/api/v1/auth/register", { body: {}, headers: from("192.0.2.1") }),
        await login(edge, "four", "192.0.2.1"),
        await login(edge, "five", "192.0.2.2"),
      ];

      expect(codes(answers)).toEqual([401, 401, 400, 429, 401]);
    });
  });

  it("count an IPv6 /56 as one address", async () => {
    await withEdge({ config: { trustProxy: 1, rates: rates(1) } }, async (edge) => {
      const answers = [
        await login(edge, "one", "2001:db8:0:1::1"),
        await login(edge, "two", "2001:db8:0:ff::2"),
        await login(edge, "three", "2001:db8:0:100::3"),
      ];

      expect(codes(answers)).toEqual([401, 429, 401]);
    });
  });

  it("are limited by account, whatever the address and the case", async () => {
    await withEdge({ config: { trustProxy: 1, rates: rates(2) } }, async (edge) => {
      const answers = [
        await login(edge, "ada", "192.0.2.1"),
        await login(edge, "ADA", "192.0.2.2"),
        await login(edge, "Ada", "192.0.2.3"),
        await login(edge, "grace", "192.0.2.3"),
      ];

      expect(codes(answers)).toEqual([401, 401, 429, 401]);
    });
  });

  it("say so with Retry-After, RateLimit and RateLimit-Policy, as a problem", async () => {
    await withEdge({ config: { rates: rates(1) } }, async (edge) => {
      await login(edge, "ada", "");

      const answer = await login(edge, "grace", "");

      expect(refusal(answer)).toEqual(limited);
      expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
      const retryAfter = Number(answer.headers["retry-after"]);
      expect(retryAfter).toBeGreaterThanOrEqual(1);
      expect(retryAfter).toBeLessThanOrEqual(60);
      expect(answer.headers["ratelimit"]).toMatch(/^"auth-by-address"; r=0; t=\d+$/);
      expect(answer.headers["ratelimit-policy"]).toMatch(/^"auth-by-address"; q=1; w=60; pk=:[^:]+:$/);
      expect(answer.headers).not.toHaveProperty("x-ratelimit-limit");
    });
  });
});

it("a changed password is limited by account, too", async () => {
  await withEdge({ config: { rates: rates(2) } }, async (edge) => {
    const { token } = await register(edge, "ada");
    const guess = () =>
      edge.call("POST", "/api/v1/me/password", { token, body: { current: "wrong", next: "another pass phrase" } });

    expect(codes([await guess(), await guess(), await guess()])).toEqual([401, 401, 429]);
    expect((await edge.call("GET", "/api/v1/me", { token })).status).toBe(200);
  });
});

describe("all other calls", () => {
  it("are limited by user, whatever the session", async () => {
    await withEdge({ config: { rates: rates(100, 2) } }, async (edge) => {
      const [ada, grace] = [await register(edge, "ada"), await register(edge, "grace")];
      const me = ({ token }: { token: string }) => edge.call("GET", "/api/v1/me", { token });

      expect(codes([await me(ada), await me(ada), await me(ada), await me(grace)])).toEqual([200, 200, 429, 200]);
      expect((await me(grace)).headers["ratelimit"]).toMatch(/^"requests"; r=0; t=\d+$/);
    });
  });

  it("are limited by address while nobody is logged in, bad tokens and unknown calls included", async () => {
    await withEdge({ config: { trustProxy: 1, rates: rates(100, 3) } }, async (edge) => {
      const { token } = await register(edge, "ada");
      const ask = (path: string, bearer: string) =>
        edge.call("GET", `/api/v1${path}`, { token: bearer, headers: from("192.0.2.9") });

      const answers = [await ask("/me", "x"), await ask("/nothing", "x"), await ask("/me", "y"), await ask("/me", "z")];

      expect(codes(answers)).toEqual([401, 404, 401, 429]);
      expect((await ask("/me", token)).status).toBe(200);
    });
  });
});

it("renewing has a limit of its own for each session", async () => {
  await withEdge({ config: { rates: rates(100, 1) } }, async (edge) => {
    const [ada, grace] = [await register(edge, "ada"), await register(edge, "grace")];
    const refresh = ({ cookie }: { cookie: string }) => edge.call("POST", "/api/v1/auth/refresh", { cookie });
    const answers: CallAnswer[] = [];
    for (let count = 0; count < 31; count += 1) answers.push(await refresh(ada));

    expect(codes(answers.slice(0, 30))).toEqual(Array.from({ length: 30 }, () => 200));
    expect(refusal(answers[30] as CallAnswer)).toEqual(limited);
    expect((await refresh(grace)).status).toBe(200);
  });
});

it("counts for each server on its own", async () => {
  await withEdge({ config: { rates: rates(1) } }, async (one) => {
    await withEdge({ config: { rates: rates(1) } }, async (other) => {
      expect(codes([await login(one, "ada", ""), await login(other, "ada", "")])).toEqual([401, 401]);
    });
  });
});

describe("TRUST_PROXY", () => {
  const warnings = (edge: Edge) => edge.logs.filter(({ msg }) => String(msg).includes("TRUST_PROXY"));

  it("0 takes no address from a header, and says once that one arrived", async () => {
    const print = jest.spyOn(console, "error").mockImplementation(() => undefined);
    await withEdge({ config: { rates: rates(1) } }, async (edge) => {
      expect(codes([await login(edge, "ada", "192.0.2.1"), await login(edge, "bea", "192.0.2.2")])).toEqual([401, 429]);
      expect(warnings(edge)).toMatchObject([{ level: "warn" }]);
    });
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
  });

  it("1 takes the last one, which the proxy wrote, not what the client claims before it", async () => {
    await withEdge({ config: { trustProxy: 1, rates: rates(1) } }, async (edge) => {
      const answers = [await login(edge, "ada", "9.9.9.1, 192.0.2.1"), await login(edge, "bea", "9.9.9.2, 192.0.2.1")];

      expect(codes(answers)).toEqual([401, 429]);
      expect(warnings(edge)).toEqual([]);
    });
  });
});
