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
    redact: { paths: redactedPaths, censor: "[hidden]" },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
