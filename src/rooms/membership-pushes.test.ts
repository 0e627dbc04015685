import type { Membership, MemberRole } from "../protocol/shapes.js";
import { createMembershipPushes } from "./membership-pushes.js";

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const base = { roomId: "r", userId: "ada", joinedAt: "2026-01-01T00:00:00.000Z", readSeq: 1, notify: "all" } as const;

/** Reads that the test answers, in whatever order it likes. */
function createWorld() {
  const reads: { key: string; answer(role: MemberRole): void; fail(error: Error): void }[] = [];
  const pushed: MemberRole[] = [];
  const faults: unknown[] = [];
  const changed = createMembershipPushes({
    membershipOf: (roomId, userId) =>
      new Promise<Membership>((resolve, reject) => {
        reads.push({ key: `${userId} in ${roomId}`, answer: (role) => resolve({ ...base, role }), fail: reject });
      }),
    push: ({ role }) => pushed.push(role),
    onFault: (error) => faults.push(error),
  });
  return { reads, pushed, faults, changed };
}

describe("a membership that changes twice while it is read", () => {
  it("is read again once, and pushed last as it is last", async () => {
    const { reads, pushed, changed } = createWorld();

    const all = [changed("ada", "r"), changed("ada", "r"), changed("ada", "r")];
    const atOnce = reads.length;
    reads[0]?.answer("moderator");
    await settled();
    reads[1]?.answer("owner");
    await Promise.all(all);

    expect(atOnce).toBe(1);
    expect(reads).toHaveLength(2);
    expect(pushed).toEqual(["moderator", "owner"]);
  });

  it("is read again also when the first read failed", async () => {
    const { reads, pushed, faults, changed } = createWorld();
    const error = new Error("The database is away.");

    const all = [changed("ada", "r"), changed("ada", "r")];
    reads[0]?.fail(error);
    await settled();
    reads[1]?.answer("owner");
    await Promise.all(all);

    expect(faults).toEqual([error]);
    expect(pushed).toEqual(["owner"]);
  });
});

it("waits for no other membership, and begins anew when all is told", async () => {
  const { reads, pushed, changed } = createWorld();
  const others = [changed("ada", "r"), changed("ada", "other"), changed("grace", "r")];
  reads[0]?.answer("moderator");
  await others[0];

  const again = changed("ada", "r");
  for (const read of reads.slice(1)) read.answer("owner");
  await Promise.all([...others, again]);

  expect(reads.map(({ key }) => key)).toEqual(["ada in r", "ada in other", "grace in r", "ada in r"]);
  expect(pushed).toEqual(["moderator", "owner", "owner", "owner"]);
});
