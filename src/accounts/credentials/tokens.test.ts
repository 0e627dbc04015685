import { createSecretKey } from "node:crypto";
import jwt from "jsonwebtoken";
import { ChatError } from "../../protocol/errors.js";
import { deriveKeys } from "./secret.js";
import { createTokens } from "./tokens.js";

const keys = deriveKeys("s".repeat(48));
const NOW = Date.UTC(2026, 10, 21);
const NOW_S = NOW / 1000;
const tokens = createTokens(keys, () => NOW);

const genuine = { typ: "access", sub: "u", sid: "s", iss: "parlance", aud: "parlance", iat: NOW_S, exp: NOW_S + 900 };

function codeOf(token: string): string {
  try {
    tokens.verifyAccess(token);
    return "ok";
  } catch (error) {
    return error instanceof ChatError ? error.code : "bug";
  }
}

describe("access tokens", () => {
  it("come back as who they were made for", () => {
    expect(tokens.verifyAccess(tokens.signAccess("u", "s"))).toEqual({
      userId: "u",
      sessionId: "s",
      expiresAt: new Date(NOW + 900_000),
    });
  });

  it("run out however often they were shown before, and one that is altered is refused beside a genuine one", () => {
    let at = NOW;
    const running = createTokens(keys, () => at);
    const token = running.signAccess("u", "s");
    const [header, payload, signature] = token.split(".");
    expect(running.verifyAccess(token)).toMatchObject({ userId: "u" });

    at += 900_000;

    expect(() => running.verifyAccess(token)).toThrow(expect.objectContaining({ code: "token_expired" }));
    const other = Buffer.from(JSON.stringify({ ...genuine, sub: "admin" })).toString("base64url");
    for (const altered of [`${header}.${other}.${signature}`, `${token}x`, `${header}.${payload}.`]) {
      expect(() => running.verifyAccess(altered)).toThrow(expect.objectContaining({ code: "unauthenticated" }));
    }
  });

  it("are HS256, for 15 minutes, and say what they are", () => {
    const decoded = jwt.decode(tokens.signAccess("u", "s"), { complete: true });

    expect(decoded?.header).toEqual({ alg: "HS256", typ: "JWT" });
    expect(decoded?.payload).toEqual(genuine);
  });

  it.each([
    ["ok", {}],
    ["unauthenticated", { iss: "other" }],
    ["unauthenticated", { aud: "other" }],
    ["unauthenticated", { typ: "refresh" }],
    ["unauthenticated", { typ: undefined }],
    ["unauthenticated", { sid: undefined }],
    ["unauthenticated", { sub: undefined }],
    ["unauthenticated", { sub: { $ne: null } }],
    ["unauthenticated", { exp: undefined }],
    ["unauthenticated", { exp: NOW_S + 86_400 }],
    ["unauthenticated", { iat: NOW_S + 61, exp: NOW_S + 900 }],
    ["ok", { iat: NOW_S + 60, exp: NOW_S + 900 }],
    ["token_expired", { iat: NOW_S - 900, exp: NOW_S }],
    ["unauthenticated", { iat: NOW_S - 900, exp: NOW_S, iss: "other" }],
  ])("are answered %s with %j", (code, changes) => {
    const claims = Object.fromEntries(
      Object.entries({ ...genuine, ...changes }).filter(([, value]) => value !== undefined),
    );

    // The library refuses to sign some of these itself, so the payload is given as text.
    const token = jwt.sign(JSON.stringify(claims), keys.access, { algorithm: "HS256" });

    expect(codeOf(token)).toBe(code);
  });

  it.each([
    ["another algorithm", jwt.sign(genuine, keys.access, { algorithm: "HS512" })],
    ["no signature", `${jwt.sign(genuine, keys.access).split(".").slice(0, 2).join(".")}.`],
    ["alg none", jwt.sign(genuine, "", { algorithm: "none" })],
    ["the key of the refresh tokens", jwt.sign(genuine, keys.refresh, { algorithm: "HS256" })],
    ["another key", jwt.sign(genuine, createSecretKey(Buffer.alloc(32)), { algorithm: "HS256" })],
    ["no JWT at all", "x"],
    ["nothing", ""],
    ["a payload that is no JSON", jwt.sign("not json", keys.access, { algorithm: "HS256" })],
  ])("are refused with %s", (_what, token) => {
    expect(codeOf(token)).toBe("unauthenticated");
  });
});

describe("refresh tokens", () => {
  const sessionId = "0123456789abcdef01234567";

  it("are the same for the same session and generation, and come back as these", () => {
    const token = tokens.signRefresh({ sessionId, generation: 7 });

    expect(tokens.signRefresh({ sessionId, generation: 7 })).toBe(token);
    expect(tokens.verifyRefresh(token)).toEqual({ sessionId, generation: 7 });
  });

  it("are not to be had without the key", () => {
    const other = createTokens(deriveKeys("t".repeat(48)), () => NOW);

    expect(tokens.verifyRefresh(other.signRefresh({ sessionId, generation: 7 }))).toBeNull();
  });
});

it("derives keys that differ by purpose and by secret", () => {
  const text = (secret: string) =>
    Object.values(deriveKeys(secret)).map((key) => (key as typeof keys.access).export().toString("hex"));

  expect(new Set([...text("a".repeat(32)), ...text("b".repeat(32))]).size).toBe(6);
  expect(text("a".repeat(32))).toEqual(text("a".repeat(32)));
});
