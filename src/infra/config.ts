/** Config: the settings, read once and checked together. The only file that touches the process's environment. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { loadEnvFile } from "node:process";
import { z } from "zod";
import { codeOf, reasonOf } from "./error-facts.js";

/** Where a `mongod` for the embedded MongoDB is looked for, and kept. */
export interface MongodPlaces {
  /** `MONGOD_BINARY`: this one and no other; null: look for one. */
  readonly binary: string | null;
  /** The folders of `PATH`. */
  readonly searchPath: readonly string[];
  /** Outside the clone, so that a second clone need not fetch again. */
  readonly cacheDir: string;
}

export interface Config {
  port: number;
  host: string;
  /** null: the embedded MongoDB. */
  mongodbUri: string | null;
  /** Absolute. */
  dataDir: string;
  redisUrl: string | null;
  /** null: made once and kept in `dataDir` (mode 0600). */
  jwtSecret: string | null;
  /** An origin, without a trailing slash. */
  publicUrl: string | null;
  allowedOrigins: readonly string[];
  registration: "open" | "invite" | "closed";
  trustProxy: number;
  bcryptCost: number;
  rates: {
    authPerMinute: number;
    requestsPerMinute: number;
    messagesPerSecond: number;
    messagesBurst: number;
    eventsPerSecond: number;
    connectionsPerMinute: number;
  };
  logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
  mongod: MongodPlaces;
}

type Environment = Record<string, string | undefined>;

/** Settings that are wrong: one line each, every one named. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

const registrations = ["open", "invite", "closed"] as const;
const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const minimumSecretBytes = 32;
const exampleSecret = /change.?me|example|replace|your.?secret|placeholder|0123456789|^(.)\1*$/i;

function wholeNumber(minimum: number, maximum: number, defaultValue: number) {
  const expectation =
    maximum === Number.MAX_SAFE_INTEGER
      ? `must be a whole number from ${minimum}`
      : `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, expectation)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, expectation)
    .default(defaultValue);
}

const rate = (defaultValue: number) => wholeNumber(1, Number.MAX_SAFE_INTEGER, defaultValue);
const originExpectation = "must be an origin such as https://chat.example.org, without a path";

/** The origin of an http(s) address that has nothing but an origin; null for anything else. */
function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const bare =
    url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "" && !text.endsWith("?");
  return bare && (url.protocol === "https:" || url.protocol === "http:") ? url.origin : null;
}

const origin = z.string().transform((text, context) => {
  const value = originOf(text);
  if (value === null) context.addIssue({ code: "custom", message: originExpectation });
  return value ?? z.NEVER;
});

const originList = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  )
  .pipe(z.array(origin))
  .default([]);

const settings = z.object({
  PORT: wholeNumber(0, 65535, 3000),
  HOST: z
    .string()
    .regex(/^[\w.:%-]+$/, "must be a host name or address such as 127.0.0.1 or 0.0.0.0")
    .default("127.0.0.1"),
  MONGODB_URI: z
    .string()
    .regex(
      /^mongodb(\+srv)?:\/\/[^\s/]/,
      "must begin with mongodb:// or mongodb+srv:// and name a host, or be empty for the embedded MongoDB",
    )
    .nullable()
    .default(null),
  DATA_DIR: z.string().default("./data"),
  REDIS_URL: z.string().nullable().default(null),
  JWT_SECRET: z
    .string()
    .refine(
      (secret) => Buffer.byteLength(secret) >= minimumSecretBytes,
      `must be at least ${minimumSecretBytes} bytes long, or empty: one is then made and kept in DATA_DIR`,
    )
    .refine(
      (secret) => !exampleSecret.test(secret),
      "must be a secret of your own, not an example value; or empty: one is then made and kept in DATA_DIR",
    )
    .nullable()
    .default(null),
  PUBLIC_URL: origin.nullable().default(null),
  ALLOWED_ORIGINS: originList,
  REGISTRATION: z.enum(registrations, `must be one of ${registrations.join(", ")}`).default("open"),
  TRUST_PROXY: wholeNumber(0, 32, 0),
  BCRYPT_COST: wholeNumber(4, 15, 12),
  RATE_AUTH_PER_MINUTE: rate(10),
  RATE_REQUESTS_PER_MINUTE: rate(600),
  RATE_MESSAGES_PER_SECOND: rate(5),
  RATE_MESSAGES_BURST: rate(20),
  RATE_EVENTS_PER_SECOND: rate(50),
  RATE_CONNECTIONS_PER_MINUTE: rate(600),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info"),
});

/** Whatever is set but empty counts as unset, as a shell's `PORT= npm start` means it. */
function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""));
}

/** Each setting is told once: a value may break several checks of one schema, and the first says what it may be. */
function mistakes(issues: readonly z.core.$ZodIssue[]): string[] {
  const lines = new Map<string, string>();
  for (const issue of issues) {
    const setting = String(issue.path[0]);
    if (!lines.has(setting)) lines.set(setting, `${setting} ${issue.message}.`);
  }
  return [...lines.values()];
}

function readMongodPlaces(env: Environment, cwd: string): MongodPlaces {
  const caches = env["XDG_CACHE_HOME"] ?? env["LOCALAPPDATA"] ?? join(env["HOME"] ?? homedir(), ".cache");
  const separator = process.platform === "win32" ? ";" : ":";
  return {
    binary: env["MONGOD_BINARY"] === undefined ? null : resolve(cwd, env["MONGOD_BINARY"]),
    searchPath: (env["PATH"] ?? env["Path"] ?? "").split(separator).filter((folder) => folder !== ""),
    cacheDir: resolve(cwd, caches, "parlance"),
  };
}

/**
 * Reads the settings of protocol.md §7 from an environment; relative paths are taken from `cwd`.
 *
 * @throws ConfigError with every mistake, one line each: the setting and what it may be
 */
export function readConfig(env: Environment, cwd: string): Config {
  const given = withoutEmpty(env);
  const parsed = settings.safeParse(given);
  const wrong = parsed.success ? [] : mistakes(parsed.error.issues);
  if (given["REDIS_URL"] !== undefined) {
    wrong.push("REDIS_URL must be empty: several servers are not supported yet, and a single one needs no Redis.");
  }
  if (!parsed.success || wrong.length > 0) throw new ConfigError(wrong);
  const values = parsed.data;
  return {
    port: values.PORT,
    host: values.HOST,
    mongodbUri: values.MONGODB_URI,
    dataDir: resolve(cwd, values.DATA_DIR),
    redisUrl: values.REDIS_URL,
    jwtSecret: values.JWT_SECRET,
    publicUrl: values.PUBLIC_URL,
    allowedOrigins: values.ALLOWED_ORIGINS,
    registration: values.REGISTRATION,
    trustProxy: values.TRUST_PROXY,
    bcryptCost: values.BCRYPT_COST,
    rates: {
      authPerMinute: values.RATE_AUTH_PER_MINUTE,
      requestsPerMinute: values.RATE_REQUESTS_PER_MINUTE,
      messagesPerSecond: values.RATE_MESSAGES_PER_SECOND,
      messagesBurst: values.RATE_MESSAGES_BURST,
      eventsPerSecond: values.RATE_EVENTS_PER_SECOND,
      connectionsPerMinute: values.RATE_CONNECTIONS_PER_MINUTE,
    },
    logLevel: values.LOG_LEVEL,
    mongod: readMongodPlaces(given, cwd),
  };
}

/** The settings of this process: its environment, completed (never overruled) by a `.env` file in `cwd`. */
export function readProcessConfig(cwd: string): Config {
  try {
    // An empty variable counts as unset, so .env may fill it; loadEnvFile alone would keep the empty one.
    for (const [name, value] of Object.entries(process.env)) if (value?.trim() === "") delete process.env[name];
    loadEnvFile(join(cwd, ".env"));
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw new ConfigError([`.env cannot be read: ${reasonOf(error)}.`]);
  }
  return readConfig(process.env, cwd);
}
