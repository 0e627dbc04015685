import { expect, it } from "@jest/globals";
import type { EntryStore } from "../entry-store.js";
import type { Facts, Intent, Rules, Verdict } from "../intents.js";
import { createMemory } from "../memory.js";
import type { ChangeWriter } from "./change-writer.js";
import { createCommit } from "./commit.js";
import type { FactsLoader } from "./facts.js";
import { createQueue } from "./queue.js";

const ROOM = "room";
const facts: Facts = { room: null, roleOf: () => "owner", replyTarget: null };
const join: Verdict = { kind: "append", drafts: [{ kind: "join", userId: "ada" }], change: null };
const rules: Rules = {
  judgeMessage: () => ({ kind: "append", drafts: [{ kind: "message", text: "hi", replyTo: null }], change: null }),
  judgeChange: () => Promise.resolve(join),
};

/** A commit whose room leaves the memory once the facts are loaded. */
function commitWithout() {
  const memory = createMemory();
  const queue = createQueue({ steadyNow: () => 0 });
  memory.load(ROOM, 1, 0);
  const commit = createCommit({
    queue,
    memory,
    store: {
      findByClientIds() {
        memory.forget(ROOM);
        return Promise.resolve([]);
      },
    } as unknown as EntryStore,
    facts: {
      prepare() {
        memory.forget(ROOM);
        return Promise.resolve(() => facts);
      },
    } as unknown as FactsLoader,
    rules,
    changes: {} as ChangeWriter,
    now: () => 0,
    newClientId: () => "another",
    deliver: () => undefined,
  });
  return { commit, queue };
}

it.each<Intent>([{ kind: "message", text: "hi", replyTo: null, fileIds: [] }, { kind: "join" }])(
  "[G2] takes $kind again when its room left the memory before it was numbered",
  async (intent) => {
    const { commit, queue } = commitWithout();
    void queue.add({ roomId: ROOM, senderId: "ada", clientId: "one", intent }, "hash");
    const items = queue.take(256, () => false);

    const leftover = await commit(items);

    expect(leftover.again).toEqual(items);
    expect([leftover.raced.size, leftover.unknown.size]).toEqual([0, 0]);
    expect(items.every(queue.isOpen)).toBe(true);
  },
);
