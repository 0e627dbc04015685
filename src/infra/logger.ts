/** Logger: one JSON line an event. Ids and codes go in; words, addresses and secrets stay out. */
import { pino, type DestinationStream, type Logger as PinoLogger } from "pino";
import type { Config } from "./config.js";

export type Logger = PinoLogger;

const secretFields = [
  "authorization",
  "cookie",
  '["set-cookie"]',
  "password",
  "current",
  "next",
  "token",
  "accessToken",
  "text",
  "email",
];

/** Every secret field at the top, one and two levels down, which is as deep as our lines (and pino-http's) go. */
const redactedPaths = secretFields.flatMap((field) => {
  const step = field.startsWith("[") ? field : `.${field}`;
  return [field, `*${step}`, `*.*${step}`];
});

/**
 * An error as a line shows it. What else hangs on it stays out: a driver's error of a failed write carries the documents that
 * were to be written.
 */
function describeError(error: unknown): unknown {
  if (typeof error !== "object" || error === null) return error;
  // Whatever was thrown: of what is no error at all, these are undefined and left out.
  const { type, message, stack, code } = pino.stdSerializers.err(error as Error);
  return { type, message, stack, code };
}

/**
 * Creates the process's logger. A guard, not a licence: fields of these names are masked, but texts and
 * secrets do not belong in a line in the first place.
 *
 * @param destination - where lines go; standard output when absent
 */
export function createLogger(level: Config["logLevel"], destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: redactedPaths, censor: "[hidden]" },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
