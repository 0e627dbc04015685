/** The lines of an exported room, made as they are read: memory holds a page of entries and the ids of who was named. */
import { trusted } from "mongoose";
import { toUser } from "../../accounts/user-model.js";
import { createEntryStore } from "../../log/entry-store.js";
import type { RoomRecord } from "../../log/intents.js";
import type { Entry } from "../../protocol/entries.js";
import type { Room, User } from "../../protocol/shapes.js";
import type { Data } from "../open.js";

export type ExportLine =
  | { type: "room"; room: Room }
  | { type: "user"; user: User }
  | { type: "entry"; entry: Entry }
  | { type: "end"; entries: number };

const PAGE = 500;

/** The room as of now. */
export async function withHead({ entries }: Pick<Data, "entries">, record: RoomRecord): Promise<Room> {
  const [head] = await createEntryStore(entries).heads([record.id]);
  return { ...record, head: head?.seq ?? 0 };
}

/** All entries up to the room's head: what is appended meanwhile is left out. */
export async function* exportLines(
  { entries: model, users }: Pick<Data, "entries" | "users">,
  room: Room,
): AsyncGenerator<ExportLine> {
  const store = createEntryStore(model);
  const { id, head } = room;
  yield { type: "room", room };
  const named = new Set<string>();
  for (let after = 0; after < head;) {
    const page = (await store.range(id, { after, before: head + 1, limit: PAGE })).map(({ entry }) => entry);
    const strangers = [...new Set(page.flatMap(usersOf))].filter((userId) => !named.has(userId));
    const found = await users.find({ _id: trusted({ $in: strangers }) }).lean();
    const byId = new Map(found.map((user) => [user._id, toUser(user)]));
    for (const entry of page) {
      for (const userId of usersOf(entry)) {
        const user = byId.get(userId);
        if (user !== undefined && !named.has(userId)) yield { type: "user", user };
        named.add(userId);
      }
      yield { type: "entry", entry };
    }
    after = page.at(-1)?.seq ?? head;
  }
  yield { type: "end", entries: head };
}

function usersOf(entry: Entry): string[] {
  switch (entry.kind) {
    case "message":
      return [entry.senderId, ...entry.mentions, ...entry.reactions.flatMap(({ userIds }) => userIds)];
    case "join":
    case "leave":
    case "role":
      return [entry.senderId, entry.userId];
    case "room":
      return [entry.senderId];
  }
}
