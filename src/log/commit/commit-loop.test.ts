import { afterEach, describe, expect, it, jest } from "@jest/globals";
import type { Intent } from "../intents.js";
import { createMemory } from "../memory.js";
import type { Leftover } from "./commit.js";
import { createCommitLoop } from "./commit-loop.js";
import type { FactsLoader } from "./facts.js";
import { createQueue, type Item } from "./queue.js";

const intent: Intent = { kind: "message", text: "hi", replyTo: null, fileIds: [] };
const nothingLeft = (): Leftover => ({ again: [], raced: new Set(), unknown: new Set() });

/** A loop whose commits end when the test says so. */
function loopByHand() {
  let time = 0;
  const queue = createQueue({ steadyNow: () => time });
  const memory = createMemory();
  const commits: { items: readonly Item[]; end(leftover?: Leftover): void }[] = [];
  const read: string[] = [];
  let begun: () => void = () => undefined;
  const loop = createCommitLoop({
    queue,
    memory,
    facts: {
      loadRooms(roomIds: readonly string[]) {
        read.push(...roomIds);
        return Promise.resolve(new Map());
      },
    } as unknown as FactsLoader,
    random: () => 0,
    commit: (items) =>
      new Promise((resolve) => {
        commits.push({
          items,
          end(leftover = nothingLeft()) {
            for (const item of items)
              if (!leftover.again.includes(item)) queue.settle(item, { entry: null, repeat: false });
            resolve(leftover);
          },
        });
        begun();
      }),
  });
  return {
    loop,
    commits,
    memory,
    /** rooms that were read without a commit */
    read,
    /** everybody who waits is told "unknown" */
    giveUp() {
      time += 60_000;
      queue.expire();
    },
    add(clientId: string, roomId = "room") {
      const answer = queue.add({ roomId, senderId: "ada", clientId, intent }, "hash");
      loop.wake();
      return answer;
    },
    /** resolves once as many commits have begun */
    async begun(count: number) {
      while (commits.length < count) await new Promise<void>((resolve) => (begun = resolve));
    },
  };
}

const idsOf = (items: readonly Item[]) => items.map(({ proposal }) => proposal.clientId);

/** A loop on a clock of the test's, after a commit of `count` that took `ms`. */
async function loopAfterCommit(count: number, ms: number) {
  jest.useFakeTimers();
  const hand = loopByHand();
  const first = Array.from({ length: count }, (_, index) => hand.add(`first ${index}`));
  await hand.begun(1);
  expect(hand.commits[0]?.items).toHaveLength(count);
  jest.advanceTimersByTime(ms);
  hand.commits[0]?.end();
  await Promise.all(first);
  return hand;
}

describe("a commit after a large one", () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it("[G1] waits until as many have come again, and takes them all", async () => {
    const { commits, add, begun } = await loopAfterCommit(20, 5);

    for (let index = 0; index < 19; index++) void add(`next ${index}`);
    await jest.advanceTimersByTimeAsync(4);
    expect(commits).toHaveLength(1);
    void add("the last one");
    await begun(2);

    expect(commits[1]?.items).toHaveLength(20);
  });

  it.each([
    ["for no longer than that one took", 5, 5],
    ["for 8 ms at most", 500, 8],
  ])("[G1] waits %s", async (_name, tookMs, waitsMs) => {
    const { commits, add, begun } = await loopAfterCommit(20, tookMs);

    void add("alone");
    await jest.advanceTimersByTimeAsync(waitsMs - 1);
    expect(commits).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    await begun(2);

    expect(idsOf(commits[1]?.items ?? [])).toEqual(["alone"]);
  });

  it("[G1] goes out at once after a small one", async () => {
    const { commits, add, begun } = await loopAfterCommit(15, 500);

    void add("alone");
    await begun(2);

    expect(idsOf(commits[1]?.items ?? [])).toEqual(["alone"]);
  });

  it("[D7] is not waited for when the server stops", async () => {
    const { loop, add, commits } = await loopAfterCommit(20, 500);
    void add("too late");

    loop.close();
    await loop.idle();

    expect(commits).toHaveLength(1);
  });
});

describe("the commit loop", () => {
  it("[G1] has one commit in flight; the next takes everything that came meanwhile, of all rooms", async () => {
    const { loop, commits, add, begun } = loopByHand();
    const first = add("1");
    await begun(1);
    const others = [add("2"), add("3", "elsewhere")];

    expect(commits).toHaveLength(1);
    commits[0]?.end();
    await first;
    await begun(2);
    commits[1]?.end();
    await Promise.all(others);

    expect(commits.map(({ items }) => idsOf(items))).toEqual([["1"], ["2", "3"]]);
    loop.close();
  });

  it("[G1] takes up to 256 at once", async () => {
    const { loop, commits, add, begun } = loopByHand();
    const answers = [add("first")];
    await begun(1);
    for (let count = 0; count < 300; count++) answers.push(add(`${count}`));

    for (let count = 1; count <= 3; count++) {
      await begun(count);
      commits[count - 1]?.end();
    }
    await Promise.all(answers);

    expect(commits.map(({ items }) => items.length)).toEqual([1, 256, 44]);
    loop.close();
  });

  it("[G1] takes what is appended in the very turn in which the last commit is answered", async () => {
    const { loop, commits, add, begun } = loopByHand();
    const answered: string[] = [];
    // Each is appended when the one before is answered: between the loop's last look and its end, sooner or later.
    const chain = (async () => {
      for (const id of ["1", "2", "3", "4", "5"]) {
        await add(id);
        answered.push(id);
      }
    })();

    for (let count = 1; count <= 5; count++) {
      await begun(count);
      commits[count - 1]?.end();
    }
    await chain;

    expect(answered).toEqual(["1", "2", "3", "4", "5"]);
    loop.close();
  });

  it("[G4] puts what is unknown first in line again, and goes on with other rooms meanwhile", async () => {
    const { loop, commits, add, begun } = loopByHand();
    const unsure = add("1");
    await begun(1);
    const other = add("2", "elsewhere");

    commits[0]?.end({ again: [...(commits[0]?.items ?? [])], raced: new Set(), unknown: new Set(["room"]) });
    await begun(2);
    commits[1]?.end();
    await other;
    await begun(3);
    commits[2]?.end();
    await unsure;

    expect(commits.map(({ items }) => idsOf(items))).toEqual([["1"], ["2"], ["1"]]);
    loop.close();
  });

  it("[D1] reads a room whose outcome is unknown, though nobody waits: what was stored has to be delivered", async () => {
    const { loop, memory, read } = loopByHand();
    memory.forget("room");

    loop.wake();
    await loop.idle();

    expect(read).toEqual(["room"]);
    loop.close();
  });

  it("[D7] is idle once nothing waits and nothing is in flight", async () => {
    const { loop, commits, add, begun } = loopByHand();
    const answer = add("1");
    await begun(1);
    let idle = false;
    const whenIdle = loop.idle().then(() => (idle = true));

    expect(idle).toBe(false);
    commits[0]?.end();
    await answer;
    await whenIdle;

    expect(idle).toBe(true);
    loop.close();
  });

  it("[G4] begins with a short wait again in a room that was read since, and that nobody waits in", async () => {
    const { loop, commits, memory, giveUp, add, begun } = loopByHand();
    const waits = jest.spyOn(globalThis, "setTimeout");
    const failOnce = async (clientId: string, count: number) => {
      const answer = add(clientId);
      await begun(count);
      const { items, end } = commits[count - 1] as (typeof commits)[number];
      memory.forget("room");
      end({ ...nothingLeft(), again: [...items], unknown: new Set(["room"]) });
      giveUp();
      await expect(answer).rejects.toMatchObject({ code: "unavailable" });
      await loop.idle();
    };

    await failOnce("1", 1);
    memory.load("room", 0, 0);
    await failOnce("2", 2);

    expect(waits.mock.calls.map(([, ms]) => ms)).toEqual([20, 20]);
    waits.mockRestore();
    loop.close();
  });
});
