/** /metrics after real traffic: every number is what was done. */
import { randomUUID } from "node:crypto";
import { expect, it } from "@jest/globals";
import mongoose from "mongoose";
import { createClients } from "../support/clients.js";
import { parseMetrics, sampleOf, type Family } from "../support/prometheus.js";
import { startTestServer } from "../support/server.js";

async function scrape(url: string): Promise<Map<string, Family>> {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return parseMetrics(await response.text());
}

/** Reads until what is counted a moment after its answer is there. */
async function scrapeUntil(url: string, isThere: (families: Map<string, Family>) => boolean) {
  for (;;) {
    const families = await scrape(url);
    if (isThere(families)) return families;
  }
}

it("counts messages, entries, commits, sockets, pushes and syncs as they were", async () => {
  const { url } = await startTestServer();
  const { registerUser } = createClients({ url });
  const [ada, grace] = [await registerUser("ada"), await registerUser("grace")];
  const { room } = await ada.createRoom();
  await grace.call("POST", `/rooms/${room.id}/join`);
  const [one, other] = [await ada.connect(), await grace.connect()];

  const clientId = randomUUID();
  await one.send(room.id, "first", clientId);
  await one.send(room.id, "first", clientId);
  await one.send(room.id, "second");
  await other.emit("sync", { heads: { [room.id]: 1 } });
  await other.emit("sync", { heads: { [room.id]: 1_000 } });
  await Promise.all([one.settled(), other.settled()]);
  const metrics = await scrape(url);

  const pushed = one.pushes.length + other.pushes.length;
  expect(sampleOf(metrics, "parlance_messages_appended_total")).toBe(2);
  expect(sampleOf(metrics, "parlance_entries_appended_total", { kind: "message" })).toBe(2);
  expect(sampleOf(metrics, "parlance_entries_appended_total", { kind: "join" })).toBe(2);
  expect(sampleOf(metrics, "parlance_commit_entries_sum")).toBeGreaterThanOrEqual(3);
  expect(sampleOf(metrics, "parlance_commit_entries_bucket", { le: "1" })).toBeGreaterThan(0);
  expect(sampleOf(metrics, "parlance_commit_seconds_sum")).toBeGreaterThan(0);
  expect(sampleOf(metrics, "parlance_queue_items")).toBe(0);
  expect(sampleOf(metrics, "parlance_sockets")).toBe(2);
  expect(sampleOf(metrics, "parlance_pushes_total")).toBe(pushed);
  expect(sampleOf(metrics, "parlance_pushes_skipped_total")).toBe(0);
  expect(sampleOf(metrics, "parlance_slow_sockets_ended_total")).toBe(0);
  expect(sampleOf(metrics, "parlance_sync_answers_total")).toBe(4);
  expect(sampleOf(metrics, "parlance_sync_resets_total")).toBe(1);
  expect(sampleOf(metrics, "parlance_database_available")).toBe(1);
  expect(sampleOf(metrics, "parlance_clock_offset_seconds")).toBe(0);
  expect(sampleOf(metrics, "parlance_commits_unknown_total")).toBe(0);
});

it("counts pushes that were left out", async () => {
  const { url } = await startTestServer();
  const ada = await createClients({ url }).registerUser("ada");
  const { room } = await ada.createRoom();
  const socket = await ada.connect();
  const { ws } = socket.raw.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } };

  ws.pause();
  for (;;) {
    const sends = Array.from({ length: 100 }, () =>
      ada.call("POST", `/rooms/${room.id}/messages`, { clientId: randomUUID(), text: "x".repeat(8_000) }),
    );
    await Promise.all(sends);
    if (sampleOf(await scrape(url), "parlance_pushes_skipped_total") > 0) break;
  }
  ws.resume();
  await socket.waitFor(() => socket.of("resync").length === 1);

  const metrics = await scrape(url);
  const { pushes } = socket;
  expect(sampleOf(metrics, "parlance_pushes_total")).toBe(pushes.length);
}, 60_000);

it("counts a position that somebody else had taken", async () => {
  const { url, uri } = await startTestServer();
  const ada = await createClients({ url }).registerUser("ada");
  const { room } = await ada.createRoom();
  const socket = await ada.connect();
  const { seq } = await socket.send(room.id, "first");
  const connection = await mongoose.createConnection(uri).asPromise();
  const messages = connection.collection<{ _id: unknown }>("messages");
  const stored = await messages.findOne({ "_id.s": seq });
  // As another server would have written it.
  const [[field] = []] = Object.entries(stored ?? {}).filter(([, value]) => /^[\da-f]{8}-/.test(String(value)));
  await messages.insertOne({ ...stored, [field ?? ""]: randomUUID(), _id: { r: room.id, s: seq + 1 } });
  await connection.close();

  const sent = await socket.send(room.id, "second");

  expect(sent.seq).toBe(seq + 2);
  expect(sampleOf(await scrape(url), "parlance_duplicate_keys_total")).toBe(1);
});

it("counts requests by call and status, failed logins, and refusals by limit", async () => {
  const { url } = await startTestServer({
    RATE_AUTH_PER_MINUTE: "5",
    RATE_MESSAGES_PER_SECOND: "1",
    RATE_MESSAGES_BURST: "2",
    RATE_EVENTS_PER_SECOND: "20",
    RATE_CONNECTIONS_PER_MINUTE: "1",
  });
  const { registerUser, refusal } = createClients({ url });
  const ada = await registerUser("ada");
  const { room } = await ada.createRoom();
  const socket = await ada.connect();

  const login = (password: string) => refusal("POST", "/auth/login", { body: { username: ada.username, password } });
  for (let count = 0; count < 3; count++) await login("not the password");
  await login("");
  await login("one too many");
  for (let count = 0; count < 3; count++) {
    const payload = { roomId: room.id, clientId: randomUUID(), text: "hi" };
    await socket.emitRaw("message:send", payload);
  }
  for (let count = 0; count < 25; count++) await socket.emitRaw("nothing", {});
  await ada.connect().catch(() => undefined);
  await fetch(`${url}/api/v1/users/${"f".repeat(24)}`, { headers: { authorization: `Bearer ${ada.token}` } });
  await fetch(`${url}/api/v1/surely-not-here?a=b`);
  await fetch(`${url}/readyz`);

  const requests = (labels: Record<string, string>) => (families: Map<string, Family>) =>
    sampleOf(families, "parlance_http_requests_total", labels);
  const ready = requests({ method: "GET", route: "/readyz", status: "200" });
  const metrics = await scrapeUntil(url, (families) => ready(families) === 1);
  const auth = { method: "POST", route: "/api/v1/auth/login" };
  const get = (route: string, status: string) => requests({ method: "GET", route, status })(metrics);
  expect(requests({ ...auth, status: "401" })(metrics)).toBe(3);
  expect(requests({ ...auth, status: "400" })(metrics)).toBe(1);
  expect(requests({ ...auth, status: "429" })(metrics)).toBe(1);
  expect(sampleOf(metrics, "parlance_http_request_duration_seconds_count", auth)).toBe(5);
  expect(sampleOf(metrics, "parlance_logins_failed_total")).toBe(3);
  expect(get("/api/v1/users/:userId", "404")).toBe(1);
  expect(get("other", "404")).toBe(1);
  const limited = (limit: string) => sampleOf(metrics, "parlance_rate_limited_total", { limit });
  expect(limited("auth-by-address")).toBe(1);
  expect(limited("messages")).toBe(1);
  expect(limited("events")).toBeGreaterThan(0);
  expect(limited("connections")).toBe(1);
});

it("names and labels as Prometheus advises, and lets no client make a label", async () => {
  const { url } = await startTestServer();
  for (const path of ["/api/v1/made-up-1", "/api/v1/rooms/made-up-2", "/made-up-3", "/assets/made-up-4.js"]) {
    await fetch(url + path);
  }

  const metrics = await scrape(url);

  for (const [name, { type, help, samples }] of metrics) {
    // The library has its own way with names of its own.
    const isNamedWell = !name.startsWith("parlance_") || (type === "counter") === name.endsWith("_total");
    expect([name, help !== "" && isNamedWell]).toEqual([name, true]);
    expect([...samples.keys()].filter((sample) => sample.includes("made-up"))).toEqual([]);
  }
  expect(sampleOf(metrics, "parlance_build_info", { version: "0.1.0", node: process.versions.node })).toBe(1);
  expect(metrics.has("nodejs_eventloop_lag_p99_seconds")).toBe(true);
  expect(metrics.has("process_resident_memory_bytes")).toBe(true);
});
