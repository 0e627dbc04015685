import { startEdge, type Edge } from "../../tests/support/edge.js";

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.close());

describe("probes", () => {
  it("answer whoever asks: healthz, readyz, metrics", async () => {
    const [health, ready, metrics] = await Promise.all(
      ["/healthz", "/readyz", "/metrics"].map((path) => edge.call("GET", path)),
    );

    expect([health?.status, health?.body]).toEqual([200, { status: "ok" }]);
    expect([ready?.status, ready?.body]).toEqual([200, { status: "ready" }]);
    expect(metrics?.status).toBe(200);
    expect(metrics?.headers["content-type"]).toMatch(/^text\/plain/);
    expect(metrics?.text).toContain("nodejs_eventloop_lag");
  });
});

describe("security headers", () => {
  const policyOf = async (publicUrl: string | null) => {
    const other = await startEdge({ config: { publicUrl } });
    const { headers } = await other.call("GET", "/");
    await other.close();
    return headers;
  };

  it("let a page run our own scripts and nothing else", async () => {
    const { headers } = await edge.call("GET", "/api/v1/me");

    expect(String(headers["content-security-policy"]).split(";").toSorted()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'self'",
      "font-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data: blob:",
      "object-src 'none'",
      "require-trusted-types-for 'script'",
      "script-src 'self'",
      "script-src-attr 'none'",
      "style-src 'self'",
      "trusted-types 'none'",
    ]);
    expect(headers).toMatchObject({
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("strict-transport-security");
  });

  it("speak of https only when PUBLIC_URL does", async () => {
    const [secure, plain] = [await policyOf("https://chat.example.org"), await policyOf("http://chat.example.org")];

    expect(secure["strict-transport-security"]).toMatch(/^max-age=31536000/);
    expect(secure["content-security-policy"]).toContain("upgrade-insecure-requests");
    expect(plain).not.toHaveProperty("strict-transport-security");
    expect(plain["content-security-policy"]).not.toContain("upgrade-insecure-requests");
  });
});
