import { describe, expect, it } from "@jest/globals";
import { createBatchReader } from "./batch-reader.js";

function recordingReader(keysAtOnce = 10) {
  const queries: { keys: readonly string[]; answer(values: Record<string, number>): void; fail(error: Error): void }[] =
    [];
  const read = createBatchReader<number>(
    (keys) =>
      new Promise((resolve, reject) => {
        queries.push({ keys, answer: (values) => resolve(new Map(Object.entries(values))), fail: reject });
      }),
    keysAtOnce,
  );
  return { queries, read };
}

describe("reads in batches", () => {
  it("asks at once for the first, and then in one query for all that came meanwhile", async () => {
    const { queries, read } = recordingReader();

    const first = read("a");
    const others = [read("b"), read("c"), read("b")];
    queries[0]?.answer({ a: 1 });
    await expect(first).resolves.toBe(1);
    queries[1]?.answer({ b: 2 });

    await expect(Promise.all(others)).resolves.toEqual([2, undefined, 2]);
    expect(queries.map(({ keys }) => keys)).toEqual([["a"], ["b", "c"]]);
  });

  it("never answers with what was read before it was asked", async () => {
    const { queries, read } = recordingReader();

    const before = read("a");
    const after = read("a");
    queries[0]?.answer({ a: 1 });
    await expect(before).resolves.toBe(1);
    queries[1]?.answer({ a: 2 });

    await expect(after).resolves.toBe(2);
  });

  it("tells those whose query failed, and goes on with the others", async () => {
    const { queries, read } = recordingReader(1);

    const first = read("a");
    const second = read("b");
    const third = read("c");
    queries[0]?.fail(new Error("away"));
    await expect(first).rejects.toThrow("away");
    queries[1]?.answer({ b: 2 });
    await expect(second).resolves.toBe(2);
    queries[2]?.answer({ c: 3 });

    await expect(third).resolves.toBe(3);
    expect(queries.map(({ keys }) => keys)).toEqual([["a"], ["b"], ["c"]]);
  });
});
