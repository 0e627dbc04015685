import { describe, expect, it } from "@jest/globals";
import { createTokenBucket } from "./token-bucket.js";

function bucketAt(perSecond: number, burst: number) {
  let time = 0;
  const bucket = createTokenBucket(perSecond, burst, () => time);
  return { bucket, pass: (ms: number) => void (time += ms) };
}

describe("a token bucket", () => {
  it("lets a burst through, then says how long to wait", () => {
    const { bucket } = bucketAt(5, 3);

    const waits = Array.from({ length: 4 }, () => bucket.take("ada"));

    expect(waits).toEqual([0, 0, 0, 200]);
  });

  it("fills up again with time, and no further than the burst", () => {
    const { bucket, pass } = bucketAt(5, 3);
    for (let count = 0; count < 3; count++) bucket.take("ada");

    pass(60_000);

    expect(Array.from({ length: 4 }, () => bucket.take("ada"))).toEqual([0, 0, 0, 200]);
  });

  it("counts each key by itself", () => {
    const { bucket } = bucketAt(1, 1);
    bucket.take("ada");

    expect(bucket.take("grace")).toBe(0);
    expect(bucket.take("ada")).toBe(1_000);
  });

  it("[G6] answers at once, not with a promise: what is sent keeps its order", () => {
    const { bucket } = bucketAt(1, 1);

    expect(typeof bucket.take("ada")).toBe("number");
  });

  it("[G6] looks through its buckets seldom, however many are in use at once", () => {
    let looks = 0;
    const bucket = createTokenBucket(1, 1, () => {
      looks += 1;
      return 0;
    });
    for (let key = 0; key < 15_000; key++) bucket.take(String(key));
    looks = 0;

    for (let key = 0; key < 100; key++) bucket.take(`more ${key}`);

    expect(looks).toBeLessThanOrEqual(200);
  });
});
