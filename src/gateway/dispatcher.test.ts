import { describe, expect, it } from "@jest/globals";
import type { Entry } from "../protocol/entries.js";
import { LIMITS } from "../protocol/limits.js";
import { channelOf, type ChatServer, type Connections } from "./connections.js";
import { createDispatcher } from "./dispatcher.js";

const record = {
  id: "room",
  kind: "public" as const,
  name: "Harbour",
  topic: "",
  createdBy: "ada",
  createdAt: "2026-11-21T05:30:27.123Z",
  memberCount: 2,
  archivedAt: null,
};

const base = { roomId: "room", sentAt: "2026-11-21T05:30:27.123Z", senderId: "ada", clientId: "id" };
const message = (seq: number) => ({ ...base, kind: "message", seq, text: `${seq}` }) as Entry;
const join = (seq: number, userId: string): Entry => ({ ...base, kind: "join", seq, userId });
const leave = (seq: number, userId: string): Entry => ({ ...base, kind: "leave", seq, userId });

/** Writes down, in order, what the dispatcher does: pushes to the room, to a user's socket, and subscriptions. */
function recordingDispatcher() {
  const done: string[] = [];
  const bytes: number[] = [];
  const toRoom = {
    emit(event: string, data: { entries?: Entry[] }) {
      bytes.push(Buffer.byteLength(JSON.stringify([event, data])));
      done.push(`room ${event} ${(data.entries ?? []).map(({ seq }) => seq).join(",")}`.trim());
    },
  };
  const io = { local: { to: (channel: string) => (expect(channel).toBe(channelOf("room")), toRoom) } };
  const connections = {
    subscribe: (userId: string) => void done.push(`subscribe ${userId}`),
    unsubscribe: (userId: string) => void done.push(`unsubscribe ${userId}`),
    ofUser: (userId: string) => [{ socket: { emit: (event: string) => void done.push(`${userId} ${event}`) } }],
  };
  const dispatcher = createDispatcher({
    io: io as unknown as ChatServer,
    connections: connections as unknown as Connections,
    onDelivered: (_roomId, head) => void done.push(`head ${head}`),
    onRole: (_roomId, userId) => void done.push(`role of ${userId}`),
  });
  return { dispatcher, done, bytes };
}

describe("the dispatcher", () => {
  it("[D0] sends one packet a room and commit", () => {
    const { dispatcher, done } = recordingDispatcher();

    dispatcher.deliver({ roomId: "room", entries: [message(1), message(2), message(3)], record });

    expect(done).toEqual(["room entries 1,2,3", "head 3"]);
  });

  it("[D0] sends no packet over 256 KiB, and no more packets than it takes", () => {
    const { dispatcher, done, bytes } = recordingDispatcher();
    const long = (seq: number) => ({ ...message(seq), text: "x".repeat(8_000) });

    dispatcher.deliver({ roomId: "room", entries: Array.from({ length: 60 }, (_, index) => long(index + 1)), record });

    expect(bytes).toHaveLength(2);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(LIMITS.entriesPacketBytes);
    expect(done.flatMap((line) => line.match(/\d+/g) ?? []).slice(0, 60)).toEqual(
      Array.from({ length: 60 }, (_, index) => `${index + 1}`),
    );
  });

  it("[D0] [D1] [S2] subscribes who joins after what came before, tells them of the room, then gives them their own join", () => {
    const { dispatcher, done } = recordingDispatcher();

    dispatcher.deliver({ roomId: "room", entries: [message(1), join(2, "grace"), message(3)], record });

    expect(done).toEqual(["room entries 1", "subscribe grace", "grace room:added", "room entries 2,3", "head 3"]);
  });

  it("[D0] [D1] [L6] gives who leaves their leave as the last thing", () => {
    const { dispatcher, done } = recordingDispatcher();

    dispatcher.deliver({ roomId: "room", entries: [message(1), leave(2, "grace"), message(3)], record });

    expect(done).toEqual(["room entries 1,2", "unsubscribe grace", "grace room:removed", "room entries 3", "head 3"]);
  });

  it("says that the room changed after the entry that says so", () => {
    const { dispatcher, done } = recordingDispatcher();
    const changed: Entry = { ...base, kind: "room", seq: 4, changes: { topic: "Cranes" } };

    dispatcher.deliver({ roomId: "room", entries: [changed], record });

    expect(done).toEqual(["room entries 4", "head 4", "room room:changed"]);
  });
});
