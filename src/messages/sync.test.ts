import { describe, expect, it } from "@jest/globals";
import type { Log } from "../log/log.js";
import type { Entry } from "../protocol/entries.js";
import type { Membership } from "../protocol/shapes.js";
import { createSync } from "./sync.js";

const ROOM = "room";
const at = "2026-11-21T05:30:27.123Z";
const bob: Membership = { roomId: ROOM, userId: "bob", role: "member", joinedAt: at, readSeq: 1, notify: "all" };
const message = (seq: number) => ({ kind: "message", roomId: ROOM, seq, sentAt: at, senderId: "ada" }) as Entry;

describe("sync", () => {
  it("[L6] [G2] gives nothing of a room that its user is removed from while the heads are read", async () => {
    let memberships = [bob];
    const log: Pick<Log, "heads" | "entries" | "countByOthers"> = {
      heads() {
        // Their leave is 2; what came after it is not theirs to see.
        memberships = [];
        return Promise.resolve(new Map([[ROOM, 3]]));
      },
      entries: () => Promise.resolve([message(2), message(3)]),
      countByOthers: () => Promise.resolve(1),
    };
    const sync = createSync({
      log: log as Log,
      historyId: () => "history",
      membershipsOf: () => Promise.resolve(memberships),
    });

    const answer = await sync("bob", { [ROOM]: 1 });

    expect(answer).toEqual({ historyId: "history", rooms: [], left: [ROOM] });
  });
});
