/** Says in one line what is wrong with a connection and what to do, and whether waiting can mend it. Never a password. */
import mongoose from "mongoose";
import { reasonOf } from "../error-facts.js";
import { isTransientDatabaseError } from "./errors.js";

const { MongoAPIError, MongoClient, MongoParseError, MongoServerError, MongoServerSelectionError } = mongoose.mongo;

export interface Diagnosis {
  readonly line: string;
  /** Whether it may come right without anyone changing a setting. */
  readonly mayPass: boolean;
}

const authenticationFailed = 18;
const unauthorized = 13;
const probeTimeoutMs = 2_000;

const standaloneRemedy =
  "Parlance needs a replica set, of one member at least: restart that mongod with --replSet rs0, then run rs.initiate() once in mongosh.";

/** Hosts of a connection string as a person knows them: without user and password. */
export function hostsOf(uri: string): string {
  return /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]+)/.exec(uri)?.[1] ?? "the given host";
}

export function standalone(hosts: string): Diagnosis {
  return { line: `MongoDB at ${hosts} is a standalone server. ${standaloneRemedy}`, mayPass: false };
}

/** @param uri - what was connected to */
export async function diagnose(error: unknown, uri: string): Promise<Diagnosis> {
  const hosts = hostsOf(uri);
  const message = reasonOf(error);
  if (
    error instanceof MongoServerError &&
    (error.code === authenticationFailed || error.codeName === "AuthenticationFailed")
  ) {
    return wrong(
      `MongoDB at ${hosts} refuses the user name or password. Check them in MONGODB_URI, and its authSource.`,
    );
  }
  if (error instanceof MongoServerError && error.code === unauthorized) {
    return wrong(
      `MongoDB at ${hosts} wants a user with readWrite on the database. Put one into MONGODB_URI (mongodb://user:password@…).`,
    );
  }
  if (!isTransientDatabaseError(error) && isConfigurationError(error)) {
    return wrong(
      `MONGODB_URI cannot be used: ${withoutSecrets(message, uri)}. It looks like mongodb://user:password@host:27017/parlance?replicaSet=rs0.`,
    );
  }
  if (error instanceof Error && "syscall" in error && String(error.syscall).startsWith("query")) {
    return passing(
      `The name ${hosts} of MONGODB_URI cannot be looked up (${message}). Check it, and this machine's DNS.`,
    );
  }
  if (isSelectionError(error)) return (await probe(uri)) ?? passing(unreachable(hosts, message));
  return passing(`MongoDB at ${hosts} cannot be used yet: ${withoutSecrets(message, uri)}.`);
}

function wrong(line: string): Diagnosis {
  return { line, mayPass: false };
}

function passing(line: string): Diagnosis {
  return { line, mayPass: true };
}

function isSelectionError(error: unknown): boolean {
  return error instanceof MongoServerSelectionError || error instanceof mongoose.Error.MongooseServerSelectionError;
}

/** Neither this nor any later attempt will do: mongoose wraps some of the driver's complaints about a connection string in its own error. */
function isConfigurationError(error: unknown): boolean {
  return (
    error instanceof MongoParseError ||
    error instanceof MongoAPIError ||
    (error instanceof Error && error.name === "MongooseError" && /uri/i.test(error.message))
  );
}

function unreachable(hosts: string, message: string): string {
  if (/ENOTFOUND|EAI_AGAIN/.test(message))
    return `The host name in MONGODB_URI (${hosts}) is not known. Check its spelling, and this machine's DNS.`;
  if (/ECONNREFUSED/.test(message))
    return `Nothing answers at ${hosts}. Is MongoDB running there, and is the port right?`;
  if (/tls|ssl|certificate/i.test(message))
    return `MongoDB at ${hosts} and Parlance do not agree on TLS (${message}). Check tls= in MONGODB_URI.`;
  return `MongoDB at ${hosts} does not answer (${message}). Check host, port and firewall.`;
}

/**
 * No server of the set could be chosen: asks the first host alone what it is, since the driver leaves out whatever
 * does not fit the set's name without saying why. Null when it does not answer either.
 */
async function probe(uri: string): Promise<Diagnosis | null> {
  if (uri.startsWith("mongodb+srv:")) return null;
  const [host] = hostsOf(uri).split(",");
  const options = new URLSearchParams(uri.split("?")[1] ?? "");
  const tls = (options.get("tls") ?? options.get("ssl")) === "true";
  const client = new MongoClient(`mongodb://${host}/`, {
    directConnection: true,
    tls,
    serverSelectionTimeoutMS: probeTimeoutMs,
  });
  try {
    return judge(await client.db("admin").command({ hello: 1 }), host ?? "", options.get("replicaSet"));
  } catch {
    return null;
  } finally {
    await client.close();
  }
}

function judge(hello: Record<string, unknown>, host: string, wanted: string | null): Diagnosis {
  const setName = typeof hello["setName"] === "string" ? hello["setName"] : null;
  if (hello["isreplicaset"] === true)
    return passing(
      `MongoDB at ${host} was started for a replica set that does not exist yet. Run rs.initiate() once in mongosh.`,
    );
  if (setName === null && hello["msg"] !== "isdbgrid") return standalone(host);
  if (wanted !== null && setName !== wanted)
    return wrong(
      `MongoDB at ${host} belongs to the replica set ${setName}, but MONGODB_URI says replicaSet=${wanted}. Change it to ${setName}.`,
    );
  const members = Array.isArray(hello["hosts"]) ? hello["hosts"].join(", ") : host;
  if (hello["primary"] === undefined)
    return passing(
      `The replica set ${setName} at ${host} has no primary now. Parlance waits for one; see rs.status() in mongosh.`,
    );
  return passing(
    `MongoDB at ${host} answers, but its members call themselves ${members}, and those are not reached from here. Make these names reachable.`,
  );
}

function withoutSecrets(message: string, uri: string): string {
  return message.replaceAll(uri, "the address").replaceAll(/\/\/[^@\s/]+@/g, "//…@");
}
