import { createAbuse } from "./abuse.js";

const ADDRESS = "192.0.2.1";

/** Abuse limits on a clock of the test's own. */
function start({ eventsPerSecond = 5, connectionsPerMinute = 60 } = {}) {
  let time = 0;
  const ends: number[] = [];
  const abuse = createAbuse({ eventsPerSecond, connectionsPerMinute, now: () => time });
  const limits = abuse.limitsFor(ADDRESS, (retryAfterMs) => ends.push(retryAfterMs));
  return {
    abuse,
    limits,
    ends,
    pass: (ms: number) => {
      time += ms;
    },
    /** So many events in each of so many seconds. */
    flood(perSecond: number, seconds: number) {
      for (let second = 0; second < seconds; second++) {
        for (let count = 0; count < perSecond; count++) {
          limits.take();
          time += 1_000 / perSecond;
        }
      }
    },
  };
}

it("lets events through at the limit, and says how long to wait beyond it", () => {
  const { limits, pass } = start();

  const waits = Array.from({ length: 6 }, () => limits.take());
  pass(200);

  expect(waits).toEqual([0, 0, 0, 0, 0, 200]);
  expect([limits.take(), limits.take()]).toEqual([0, 200]);
});

it("ends a socket that sends ten times over the limit for 10 s, and lets its address wait 30 s", () => {
  const { abuse, ends, flood, pass } = start();

  flood(64, 9);
  expect([ends, abuse.connect(ADDRESS)]).toEqual([[], 0]);
  flood(64, 2);

  expect(ends[0]).toBe(30_000);
  expect(abuse.connect(ADDRESS)).toBeGreaterThan(29_000);
  expect(abuse.connect("192.0.2.2")).toBe(0);
  pass(30_000);
  expect(abuse.connect(ADDRESS)).toBe(0);
});

it("does not end one that stays under ten times the limit, nor one that pauses in between", () => {
  const { ends, flood, pass } = start();

  flood(40, 30);
  flood(64, 8);
  pass(2_000);
  flood(64, 8);

  expect(ends).toEqual([]);
});

it("ends a socket after over 100 requests in 10 s that cannot be understood", () => {
  const { limits, ends, pass } = start();

  for (let count = 0; count < 100; count++) limits.invalid();
  pass(10_001);
  for (let count = 0; count < 100; count++) limits.invalid();
  expect(ends).toEqual([]);
  limits.invalid();

  expect(ends).toEqual([30_000]);
});

it("refuses new sockets of an address over its limit, and of no other", () => {
  const { abuse, pass } = start({ connectionsPerMinute: 6 });

  const waits = Array.from({ length: 7 }, () => abuse.connect(ADDRESS));

  expect(waits).toEqual([0, 0, 0, 0, 0, 0, 10_000]);
  expect(abuse.connect("192.0.2.2")).toBe(0);
  pass(10_000);
  expect(abuse.connect(ADDRESS)).toBe(0);
});

it("counts the connections of an IPv6 /56 as those of one address", () => {
  const { abuse } = start({ connectionsPerMinute: 2 });

  const waits = ["2001:db8::1", "2001:db8:0:1::1", "2001:db8:0:ff::1", "2001:db8:0:100::1"].map(abuse.connect);

  expect(waits.map((ms) => ms > 0)).toEqual([false, false, true, false]);
});
