import { describe, expect, it } from "@jest/globals";
import { ChatError } from "../../protocol/errors.js";
import type { Entry } from "../../protocol/entries.js";
import type { Intent, Proposal } from "../intents.js";
import { createQueue, QUEUE_LIMITS } from "./queue.js";

const message = (text: string): Intent => ({ kind: "message", text, replyTo: null, fileIds: [] });

function proposal(number: number, roomId = "room", intent: Intent = message("hi")): Proposal {
  return { roomId, senderId: "ada", clientId: `id-${number}`, intent };
}

const entry = { seq: 1 } as Entry;
const never = () => false;

/** Puts proposals in without waiting for their answers. */
function queueWith(...proposals: Proposal[]) {
  let time = 0;
  const queue = createQueue({ steadyNow: () => time });
  const answers = proposals.map((one) => queue.add(one, `hash of ${one.clientId}`));
  for (const answer of answers) answer.catch(() => undefined);
  return { queue, answers, pass: (ms: number) => void (time += ms) };
}

describe("the queue", () => {
  it("[G1] gives out what waits in all rooms in the order of arrival, up to the limit", () => {
    const { queue } = queueWith(proposal(1, "a"), proposal(2, "b"), proposal(3, "a"));

    const taken = queue.take(2, never);

    expect(taken.map(({ proposal: { clientId } }) => clientId)).toEqual(["id-1", "id-2"]);
    expect(queue.take(2, never).map(({ proposal: { clientId } }) => clientId)).toEqual(["id-3"]);
  });

  it("[G1] lets a room that is held back wait alone, and keeps its order", () => {
    const { queue } = queueWith(proposal(1, "a"), proposal(2, "b"), proposal(3, "a"));

    const taken = queue.take(10, (roomId) => roomId === "a");

    expect(taken.map(({ proposal: { clientId } }) => clientId)).toEqual(["id-2"]);
    expect(queue.take(10, never).map(({ proposal: { clientId } }) => clientId)).toEqual(["id-1", "id-3"]);
  });

  it("[G7] ends a room's part of a commit with what changes the room", () => {
    const { queue } = queueWith(proposal(1), proposal(2, "room", { kind: "join" }), proposal(3), proposal(4, "other"));

    const taken = queue.take(10, never);

    expect(taken.map(({ proposal: { clientId } }) => clientId)).toEqual(["id-1", "id-2", "id-4"]);
  });

  it("[G3] makes one item of proposals with the same clientId, and answers all of them", async () => {
    const { queue, answers } = queueWith(proposal(1), proposal(1));

    const taken = queue.take(10, never);
    queue.settle(taken[0] as (typeof taken)[number], { entry, repeat: false });

    expect(taken).toHaveLength(1);
    expect(await Promise.all(answers)).toEqual([
      { entry, repeat: false },
      { entry, repeat: true },
    ]);
  });

  it("[L4] refuses a waiting clientId that comes with other content", async () => {
    const { queue } = queueWith(proposal(1));

    const other = queue.add(proposal(1), "another hash");

    await expect(other).rejects.toMatchObject({ code: "client_id_reused" });
  });

  it("[G9] takes 1,000 items a room, in flight or waiting, and no more", async () => {
    const full = Array.from({ length: QUEUE_LIMITS.room }, (_, index) => proposal(index));
    const { queue } = queueWith(...full);
    queue.take(256, never);

    const beyond = queue.add(proposal(QUEUE_LIMITS.room), "hash");
    const elsewhere = queue.add(proposal(1, "elsewhere"), "hash");
    elsewhere.catch(() => undefined);

    await expect(beyond).rejects.toMatchObject({ code: "unavailable", retryAfterMs: expect.any(Number) });
    expect(queue.size()).toBe(QUEUE_LIMITS.room + 1);
  });

  it("[G9] takes 20,000 items over all rooms, and no more", async () => {
    const full = Array.from({ length: QUEUE_LIMITS.server }, (_, index) => proposal(index, `room-${index % 40}`));
    const { queue } = queueWith(...full);

    const beyond = queue.add(proposal(1, "another room"), "hash");

    await expect(beyond).rejects.toMatchObject({ code: "unavailable", retryAfterMs: expect.any(Number) });
  });

  it("[L7] tells who waited too long that the outcome is unknown, and drops what nobody waits for", async () => {
    const { queue, answers, pass } = queueWith(proposal(1));

    pass(8_000);
    queue.expire();

    await expect(answers[0]).rejects.toMatchObject({ code: "unavailable" });
    expect(queue.take(10, never)).toEqual([]);
    expect(queue.size()).toBe(0);
  });

  it("puts back ahead of all that wait", () => {
    const { queue } = queueWith(proposal(1), proposal(2));
    const [first] = queue.take(1, never);

    queue.putBack([first as NonNullable<typeof first>]);

    expect(queue.take(10, never).map(({ proposal: { clientId } }) => clientId)).toEqual(["id-1", "id-2"]);
  });

  it("rejects whoever waits with the error that it is refused with", async () => {
    const { queue, answers } = queueWith(proposal(1));
    const [item] = queue.take(1, never);

    queue.refuse(item as NonNullable<typeof item>, new ChatError("forbidden", "no"));

    await expect(answers[0]).rejects.toMatchObject({ code: "forbidden" });
  });
});
