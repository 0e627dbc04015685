import { describe, expect, it } from "@jest/globals";
import { register } from "prom-client";
import { createMetrics } from "./metrics.js";

describe("metrics", () => {
  it("keeps the numbers of two servers in one process apart", async () => {
    const one = createMetrics();
    const other = createMetrics();

    one.countEntries([{ kind: "message" }, { kind: "message" }, { kind: "message" }]);

    expect(await one.text()).toContain("parlance_messages_appended_total 3");
    expect(await other.text()).toContain("parlance_messages_appended_total 0");
    expect(await register.getMetricsAsJSON()).toEqual([]);
    one.close();
    other.close();
  });

  it("tells memory and event-loop delay of the process", async () => {
    const metrics = createMetrics();

    const text = await metrics.text();

    expect(text).toContain("process_resident_memory_bytes");
    expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
    metrics.close();
  });
});
