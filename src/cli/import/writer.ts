/** Writes happenings into a room's log: many entries and what they change in one transaction, by the log's own parts. */
import type { Data } from "../open.js";
import { CommandError } from "../cli.js";
import { reasonOf } from "../../infra/error-facts.js";
import { createContentHash } from "../../log/content-hash.js";
import { createChangeWriter } from "../../log/commit/change-writer.js";
import { createEntryStore, type ClientIdKey, type EntryStore, type Hashed } from "../../log/entry-store.js";
import { contentOf, type Intent } from "../../log/intents.js";
import type { Entry } from "../../protocol/entries.js";
import type { Cast } from "./cast.js";
import { everything, type Happening } from "./happenings.js";
import type { LogLine } from "./read/files.js";
import { createHash } from "node:crypto";

/** A line with what it does. All of a line is in one transaction: it is there or not. */
export interface Step {
  line: LogLine;
  happenings: readonly Happening[];
}

export interface Writer {
  /** Appends what the lines do, all or nothing. @throws CommandError when the database did not take it */
  write(steps: readonly Step[]): Promise<void>;
  /** The index of the last of these lines that the room has an entry of; -1 when it has none. */
  lastWritten(lines: readonly LogLine[]): Promise<number>;
}

const KEYS_AT_ONCE = 500;

/** The same in every run, so that nothing is written twice [L4]. */
function clientIdOf({ id }: LogLine, { part }: Happening): string {
  const hex = createHash("sha256").update(`${id} ${part}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

const actorOf = (happening: Happening) => (happening.kind === "leave" ? happening.actor : happening.nick);

export function createWriter(data: Data, cast: Cast, roomId: string, head: number): Writer {
  const store: EntryStore = createEntryStore(data.entries);
  const changes = createChangeWriter({ connection: data.connection, store });
  const hash = createContentHash(data.keys.contentHash);
  let seq = head;

  function toIntent(happening: Happening): Intent {
    switch (happening.kind) {
      case "message":
        return { kind: "message", text: happening.text, replyTo: null, fileIds: [] };
      case "join":
        return { kind: "join" };
      case "leave":
        return happening.actor === happening.nick
          ? { kind: "leave" }
          : { kind: "remove", userId: cast.idOf(happening.nick) };
    }
  }

  function toEntry(line: LogLine, happening: Happening): Entry {
    seq += 1;
    const sentAt = new Date(line.at).toISOString();
    const base = {
      roomId,
      seq,
      sentAt,
      clientId: clientIdOf(line, happening),
      senderId: cast.idOf(actorOf(happening)),
    };
    if (happening.kind !== "message") return { ...base, kind: happening.kind, userId: cast.idOf(happening.nick) };
    const unchanged = { editedAt: null, deletedAt: null, reactions: [], pinned: false, changedSeq: null };
    return { ...base, kind: "message", text: happening.text, replyTo: null, files: [], mentions: [], ...unchanged };
  }

  return {
    async write(steps) {
      const people = steps.flatMap(({ line, happenings }) =>
        happenings.flatMap((happening) =>
          [actorOf(happening), happening.nick].map((nick) => ({ nick, since: line.at })),
        ),
      );
      await cast.add(people);
      const entries = steps.flatMap(({ line, happenings }) =>
        happenings.map<Hashed>((happening) => ({
          entry: toEntry(line, happening),
          contentHash: hash(contentOf(toIntent(happening))),
        })),
      );
      const outcome = await changes.write(entries, {
        write: (session, placed) => data.rooms.applyEntries(placed, session),
        refusal: () => null,
      });
      if (outcome.kind === "stored") return;
      const why = outcome.kind === "raced" ? "somebody else wrote into the room" : reasonOf(outcome.error);
      throw new CommandError(
        `The import stopped (${why}). Nothing is half done: run the same command again, and it goes on where it stopped.`,
        { cause: outcome.kind === "raced" ? undefined : outcome.error },
      );
    },

    async lastWritten(lines) {
      const indexes = new Map<string, number>();
      const keys: ClientIdKey[] = [];
      for (const [index, line] of lines.entries())
        for (const happening of everything(line.said)) {
          const senderId = cast.find(actorOf(happening));
          if (senderId === null) continue;
          const clientId = clientIdOf(line, happening);
          indexes.set(clientId, index);
          keys.push({ roomId, senderId, clientId });
        }
      let last = -1;
      for (let from = 0; from < keys.length; from += KEYS_AT_ONCE)
        for (const { entry } of await store.findByClientIds(keys.slice(from, from + KEYS_AT_ONCE)))
          last = Math.max(last, indexes.get(entry.clientId) ?? -1);
      return last;
    },
  };
}
