import { describe, expect, it } from "@jest/globals";
import type { Entry } from "../../protocol/entries.js";
import type { EntryStore, Hashed } from "../entry-store.js";
import type { Proposal, RoomRecord, RoomSource } from "../intents.js";
import { createMemory } from "../memory.js";
import { createFactsLoader } from "./facts.js";

const ROOM = "room";
const at = "2026-11-21T05:30:27.123Z";
const record: RoomRecord = {
  id: ROOM,
  kind: "public",
  name: "Harbour",
  topic: "",
  createdBy: "ada",
  createdAt: at,
  memberCount: 2,
  archivedAt: null,
};
const proposal: Proposal = {
  roomId: ROOM,
  senderId: "bob",
  clientId: "id",
  intent: { kind: "message", text: "words", replyTo: null, fileIds: [] },
};
const message = (seq: number): Hashed => ({
  entry: {
    kind: "message",
    roomId: ROOM,
    seq,
    sentAt: at,
    senderId: "ada",
    clientId: `${seq}`,
    text: "words",
  } as Entry,
  contentHash: "hash",
});

/** A room in the database at head 5, of which this server knows nothing yet; bob is removed while its head is read. */
function loaderOf() {
  const memory = createMemory();
  const delivered: number[] = [];
  let isMember = true;
  const store: Pick<EntryStore, "heads" | "range" | "many"> = {
    heads() {
      isMember = false;
      return Promise.resolve([{ roomId: ROOM, seq: 5, sentAt: 0 }]);
    },
    range: (_roomId, { after }) => Promise.resolve([1, 2, 3, 4, 5].filter((seq) => seq > after).map(message)),
    many: () => Promise.resolve([]),
  };
  const rooms: RoomSource = {
    loadRooms: () => Promise.resolve([{ ...record, archivedAt: isMember ? null : at }]),
    loadRoles: () => Promise.resolve(isMember ? [{ roomId: ROOM, userId: "bob", role: "member" }] : []),
  };
  const facts = createFactsLoader({
    store: store as EntryStore,
    memory,
    rooms,
    deliver(room, entries) {
      delivered.push(...entries.map(({ seq }) => seq));
      memory.setDelivered(room.roomId, entries.at(-1)?.seq ?? 0);
    },
  });
  return { facts, memory, delivered };
}

describe("the facts for a commit", () => {
  it("[G2] reads the head before roles and rooms: these may be newer than it, never older", async () => {
    const { facts, memory } = loaderOf();

    const factsOf = await facts.prepare([proposal]);

    expect(memory.get(ROOM)?.head).toBe(5);
    expect(factsOf(proposal).roleOf("bob")).toBeNull();
    expect(factsOf(proposal).room?.archivedAt).toBe(at);
  });

  it("[D1] delivers what was stored without an answer, once and in order", async () => {
    const { facts, memory, delivered } = loaderOf();
    memory.load(ROOM, 2, 0);
    memory.forget(ROOM);

    await facts.loadRooms([ROOM]);
    await facts.loadRooms([ROOM]);

    expect(delivered).toEqual([3, 4, 5]);
  });

  it("[D1] delivers nothing from before the server came to know the room", async () => {
    const { facts, delivered } = loaderOf();

    await facts.loadRooms([ROOM]);

    expect(delivered).toEqual([]);
  });
});
