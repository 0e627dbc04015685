/**
 * Who uses a database of yours: a document in `servers` for each server, and for each command that wants it alone. It is
 * renewed every 10 s by the database's clock and gone at the end; after 30 s without a renewal its owner counts as gone.
 * (The embedded MongoDB needs none of this: whoever holds `server.lock` has it.)
 *
 * Take, then look: each writes its own document first and looks at the others' afterwards. Of two that come at once at least
 * one therefore sees the other. A command is `asking` until it has looked, so that a server at work is not startled by one
 * that is about to be refused.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type mongoose from "mongoose";
import type { Logger } from "../logger.js";
import { DatabaseError } from "./errors.js";

type Kind = "server" | "asking" | "command";

interface Occupant {
  _id: string;
  kind: Kind;
  /** a server's address, a command's name */
  name: string;
  pid: number;
  host: string;
  startedAt: Date;
  seenAt: Date;
}
type Seen = Omit<Occupant, "seenAt"> & { quietMs: number };

export interface Occupancy {
  /** Renews and looks at once: after the database was away. */
  renew(): Promise<void>;
  /** Renews. @throws DatabaseError when it may not go on: somebody took it for gone meanwhile */
  confirm(): Promise<void>;
  release(): Promise<void>;
}

interface OccupancyOptions {
  readonly connection: mongoose.Connection;
  readonly log: Logger;
  /** how often it is renewed; a test cannot wait */
  readonly everyMs?: number;
}

const COLLECTION = "servers";
const RENEW_EVERY_MS = 10_000;
const GONE_AFTER_MS = 30_000;
const FORGOTTEN_AFTER_MS = 24 * 60 * 60 * 1000;
const RELEASE_WITHIN_MS = 1_000;

/** A server's place among those who use the database. */
export async function occupyAsServer(
  url: string,
  onLost: (error: DatabaseError) => void,
  options: OccupancyOptions,
): Promise<Occupancy> {
  const place = createPlace(url, options);
  await place.write("server");
  const command = (await place.others()).find(({ kind, quietMs }) => kind !== "server" && quietMs < GONE_AFTER_MS);
  if (command !== undefined) {
    await place.remove();
    throw new DatabaseError(`${describe(command)} has the database to itself. Start again when it is done.`);
  }
  let lost = false;

  /** A server that was away for long may find that a command took it for gone; the command itself may be done by then. */
  async function renew(): Promise<void> {
    const hasPlace = await place.renew("server");
    const holder = (await place.others()).find(({ kind, quietMs }) => kind === "command" && quietMs < GONE_AFTER_MS);
    if ((hasPlace && holder === undefined) || lost || place.isGivenBack()) return;
    lost = true;
    const who = holder === undefined ? "A command" : describe(holder);
    onLost(new DatabaseError(`${who} took the database while this server was away. Start it again when that is done.`));
  }

  return place.keep(renew);
}

/**
 * The database for a command alone.
 *
 * @throws DatabaseError that names who else uses it, having changed nothing
 */
export async function occupyAlone(command: string, options: OccupancyOptions): Promise<Occupancy> {
  const place = createPlace(command, options);
  await place.write("asking");
  const others = await place.others();
  const alive = others.find(({ quietMs }) => quietMs < GONE_AFTER_MS);
  if (alive !== undefined) {
    await place.remove();
    const heard = Math.round(alive.quietMs / 1000);
    throw new DatabaseError(
      `${describe(alive)} uses this database (heard of ${heard} s ago), and ${command} needs it alone. ` +
        "Stop it first; one that was killed counts as gone after 30 s.",
    );
  }
  for (const gone of others)
    options.log.warn(
      { say: true },
      `${describe(gone)} has not been heard of for ${Math.round(gone.quietMs / 1000)} s and counts as gone.`,
    );
  await place.write("command");
  // Whoever wakes up finds its place gone, also after this command has given the database back.
  await place.forget(others);
  return place.keep(async () => {
    const hasPlace = await place.renew("command");
    const intruder = (await place.others()).find(({ quietMs }) => quietMs < GONE_AFTER_MS);
    if (hasPlace && intruder === undefined) return;
    const who = intruder === undefined ? "Somebody" : describe(intruder);
    throw new DatabaseError(`${who} came to this database while ${command} was away. Nothing was changed.`);
  });
}

/** The servers that use the database now. */
export async function listServers(
  connection: mongoose.Connection,
): Promise<{ url: string; pid: number; host: string }[]> {
  const seen = await look(connection);
  return seen
    .filter(({ kind, quietMs }) => kind === "server" && quietMs < GONE_AFTER_MS)
    .map(({ name, pid, host }) => ({ url: name, pid, host }));
}

function describe({ kind, name, pid, host }: Seen): string {
  return `${kind === "server" ? `The server at ${name}` : `The command ${name}`} (process ${pid} on ${host})`;
}

async function look(connection: mongoose.Connection): Promise<Seen[]> {
  return await connection
    .collection<Occupant>(COLLECTION)
    .aggregate<Seen>([{ $set: { quietMs: { $subtract: ["$$NOW", "$seenAt"] } } }, { $unset: "seenAt" }])
    .toArray();
}

function createPlace(name: string, { connection, log, everyMs = RENEW_EVERY_MS }: OccupancyOptions) {
  const collection = connection.collection<Occupant>(COLLECTION);
  const _id = randomUUID();
  const fields = { name, pid: process.pid, host: hostname() };

  async function set(kind: Kind, upsert: boolean): Promise<boolean> {
    const values = Object.fromEntries(
      Object.entries({ ...fields, kind }).map(([key, value]) => [key, { $literal: value }]),
    );
    const times = { startedAt: { $ifNull: ["$startedAt", "$$NOW"] }, seenAt: "$$NOW" };
    const { matchedCount } = await collection.updateOne({ _id }, [{ $set: { ...values, ...times } }], { upsert });
    return matchedCount === 1;
  }

  /** Not whoever has given a sign of life since they were looked at. */
  async function forget(gone: readonly Seen[]): Promise<void> {
    const quiet = { $gte: [{ $subtract: ["$$NOW", "$seenAt"] }, GONE_AFTER_MS] };
    await collection.deleteMany({ _id: { $in: gone.map((other) => other._id) }, $expr: quiet });
  }

  let isGivenBack = false;
  const remove = async () => void (await collection.deleteOne({ _id }));

  return {
    async write(kind: Kind): Promise<void> {
      await set(kind, true);
    },
    /** Whether it was still there: a place is not taken anew, for somebody may have been here meanwhile. */
    renew: (kind: Kind) => set(kind, false),
    remove,
    forget,
    isGivenBack: () => isGivenBack,
    async others(): Promise<Seen[]> {
      const others = (await look(connection)).filter((other) => other._id !== _id);
      const forgotten = others.filter(({ quietMs }) => quietMs > FORGOTTEN_AFTER_MS);
      if (forgotten.length > 0) await forget(forgotten);
      return others.filter((other) => !forgotten.includes(other));
    },
    keep(renew: () => Promise<void>): Occupancy {
      const quietly = () => renew().catch((err: unknown) => log.debug({ err }, "not renewed in the list of servers"));
      const timer = setInterval(() => void quietly(), everyMs).unref();
      return {
        renew: quietly,
        confirm: renew,
        async release() {
          isGivenBack = true;
          clearInterval(timer);
          // With the database away nobody is told; the document is ignored after a while.
          await Promise.race([remove().catch(() => undefined), delay(RELEASE_WITHIN_MS, undefined, { ref: false })]);
        },
      };
    },
  };
}
