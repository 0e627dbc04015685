import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { ConfigError, readConfig } from "./config.js";

const cwd = "/srv/parlance";

function mistakesIn(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env, cwd);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

describe("settings", () => {
  it("has the contract's defaults when nothing is set", () => {
    const config = readConfig({}, cwd);

    expect(config).toMatchObject({
      port: 3000,
      host: "127.0.0.1",
      mongodbUri: null,
      dataDir: "/srv/parlance/data",
      redisUrl: null,
      jwtSecret: null,
      publicUrl: null,
      allowedOrigins: [],
      registration: "open",
      trustProxy: 0,
      bcryptCost: 12,
      rates: {
        authPerMinute: 10,
        requestsPerMinute: 600,
        messagesPerSecond: 5,
        messagesBurst: 20,
        eventsPerSecond: 50,
        connectionsPerMinute: 600,
      },
      logLevel: "info",
    });
  });

  it("takes an empty setting as unset", () => {
    expect(readConfig({ PORT: "", MONGODB_URI: " ", JWT_SECRET: "", REDIS_URL: "" }, cwd)).toEqual(readConfig({}, cwd));
  });

  it("names every mistake at once, one line each, with what the setting may be", () => {
    const lines = mistakesIn({
      PORT: "65536",
      BCRYPT_COST: "3",
      REGISTRATION: "maybe",
      RATE_MESSAGES_BURST: "0",
      LOG_LEVEL: "loud",
      TRUST_PROXY: "true",
      PUBLIC_URL: "chat.example.org",
    });

    expect(lines).toEqual([
      "PORT must be a whole number from 0 to 65535.",
      "PUBLIC_URL must be an origin such as https://chat.example.org, without a path.",
      "REGISTRATION must be one of open, invite, closed.",
      "TRUST_PROXY must be a whole number from 0 to 32.",
      "BCRYPT_COST must be a whole number from 4 to 15.",
      "RATE_MESSAGES_BURST must be a whole number from 1.",
      "LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.",
    ]);
  });

  it.each(["short", "x".repeat(40), "please-change-me-please-change-me-please", "ä".repeat(15)])(
    "refuses the JWT_SECRET %j: under 32 bytes, or an example value",
    (secret) => {
      const lines = mistakesIn({ JWT_SECRET: secret });

      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^JWT_SECRET must be /);
      expect(lines[0]).not.toContain(secret);
    },
  );

  it("refuses an address of another database, without repeating what may hold a password", () => {
    const lines = mistakesIn({ MONGODB_URI: "postgres://ada:hunter2@host/db" });

    expect(lines).toEqual([
      "MONGODB_URI must begin with mongodb:// or mongodb+srv:// and name a host, or be empty for the embedded MongoDB.",
    ]);
  });

  it("says that several servers are not supported yet rather than ignoring REDIS_URL", () => {
    expect(mistakesIn({ REDIS_URL: "redis://127.0.0.1" })).toEqual([
      "REDIS_URL must be empty: several servers are not supported yet, and a single one needs no Redis.",
    ]);
  });

  it("reduces origins to their bare form and refuses one with a path", () => {
    expect(
      readConfig({ PUBLIC_URL: "https://Chat.Example.org/", ALLOWED_ORIGINS: "http://a.test:80, https://b.test" }, cwd),
    ).toMatchObject({
      publicUrl: "https://chat.example.org",
      allowedOrigins: ["http://a.test", "https://b.test"],
    });
    expect(mistakesIn({ ALLOWED_ORIGINS: "https://b.test/x" })).toHaveLength(1);
  });

  it("is described setting by setting in .env.example, whose values are the defaults", () => {
    const example = readFileSync(".env.example", "utf8");
    const lines = example.split("\n").flatMap((line) => /^([A-Z_]+)=(.*)$/.exec(line) ?? []);
    const env: Record<string, string> = {};
    for (let index = 0; index < lines.length; index += 3) env[lines[index + 1] ?? ""] = lines[index + 2] ?? "";

    expect(Object.keys(env).sort()).toEqual([
      "ALLOWED_ORIGINS",
      "BCRYPT_COST",
      "DATA_DIR",
      "HOST",
      "JWT_SECRET",
      "LOG_LEVEL",
      "MONGODB_URI",
      "MONGOD_BINARY",
      "PORT",
      "PUBLIC_URL",
      "RATE_AUTH_PER_MINUTE",
      "RATE_CONNECTIONS_PER_MINUTE",
      "RATE_EVENTS_PER_SECOND",
      "RATE_MESSAGES_BURST",
      "RATE_MESSAGES_PER_SECOND",
      "RATE_REQUESTS_PER_MINUTE",
      "REDIS_URL",
      "REGISTRATION",
      "TRUST_PROXY",
    ]);
    expect(readConfig(env, cwd)).toEqual(readConfig({}, cwd));
  });
});
