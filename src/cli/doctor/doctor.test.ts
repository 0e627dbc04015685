import { beforeAll, describe, expect, it } from "@jest/globals";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdmin, type Admin } from "../../../tests/support/admin.js";
import { withDatabase } from "../../../tests/support/dumps.js";
import { startFaultyProxy, type Fault } from "../../../tests/support/faulty-proxy.js";
import { testDatabaseUri } from "../../../tests/support/mongod/index.js";
import { startTestServer, type TestServer } from "../../../tests/support/server.js";
import { readConfig } from "../../infra/config.js";
import { checkFolder } from "./checks/folder.js";
import { checkSettings } from "./checks/settings.js";
import type { Finding } from "./finding.js";
import { checkPolling, checkWebSocket } from "./reach/transports.js";

const SECRET = "a secret of the tests alone, and no other's";
let server: TestServer;
let other: TestServer;

beforeAll(async () => {
  server = await startTestServer({ JWT_SECRET: SECRET });
  other = await startTestServer();
});

const portOf = (url: string) => new URL(url).port;
const doctorOf = async (settings: Record<string, string> = {}) =>
  await createAdmin({
    MONGODB_URI: server.uri,
    JWT_SECRET: SECRET,
    PORT: portOf(server.url),
    BCRYPT_COST: "12",
    ...settings,
  });

async function examine(admin: Admin): Promise<{ code: number; ok: boolean; findings: Finding[] }> {
  const { code, stdout } = await admin.run(["doctor", "--json"]);
  return { code, ...(JSON.parse(stdout) as { ok: boolean; findings: Finding[] }) };
}
const wrongOf = ({ findings }: { findings: Finding[] }) =>
  findings.filter(({ level }) => level !== "ok").map(({ check, level, says }) => `${level} ${check}: ${says}`);

describe("doctor", () => {
  it("finds nothing wrong with a server that runs as it should, and ends with 0", async () => {
    const admin = await doctorOf({ PUBLIC_URL: server.url });

    const { code, stdout, stderr } = await admin.run(["doctor"]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/).slice(0, 2).join(" "))).toEqual([
      ...["ok settings", "ok disk", "ok disk", "ok database", "ok indexes", "ok clock", "ok port"],
      ...["ok address", "ok address", "ok address", "Nothing is wrong.", ""],
    ]);
    expect(stdout).toContain(`Polling works through ${server.url}.`);
    expect(stdout).toContain(`WebSocket works through ${server.url}.`);
  });

  it("says each thing that is wrong with its remedy, and ends with 1", async () => {
    const { code, stdout } = await (await doctorOf({ PORT: "many", TRUST_PROXY: "yes" })).run(["doctor"]);

    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        "wrong    settings   PORT must be a whole number from 0 to 65535.",
        "                    → Put it right in .env or the environment; then run doctor again for the other checks.",
        "wrong    settings   TRUST_PROXY must be a whole number from 0 to 32.",
        "                    → Put it right in .env or the environment; then run doctor again for the other checks.",
        "2 wrong.",
        "",
      ].join("\n"),
    );
  });

  it("tells a port that is taken by another program from one that a server on other data has", async () => {
    const squatter = createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1");
    await once(squatter, "listening");
    const { port } = squatter.address() as AddressInfo;

    const taken = await examine(await doctorOf({ PORT: String(port) }));
    const foreign = await examine(await doctorOf({ PORT: portOf(other.url) }));
    squatter.close();

    expect(wrongOf(taken)).toEqual([`wrong port: Port ${port} on 127.0.0.1 is taken by another program.`]);
    expect(wrongOf(foreign)).toEqual([
      `wrong port: On port ${portOf(other.url)} runs a Parlance that serves other data.`,
    ]);
    expect([taken.code, taken.ok]).toEqual([1, false]);
  });

  it("says that an address is not this machine's", async () => {
    expect(wrongOf(await examine(await doctorOf({ HOST: "192.0.2.1" })))).toContain(
      "wrong port: HOST=192.0.2.1 is no address of this machine (EADDRNOTAVAIL).",
    );
  });

  it("says that a database does not answer, and goes on with the other checks", async () => {
    const { code, findings } = await examine(await doctorOf({ MONGODB_URI: "mongodb://127.0.0.1:1/parlance" }));

    expect(code).toBe(1);
    expect(findings.find(({ check }) => check === "database")).toMatchObject({
      level: "wrong",
      says: expect.stringMatching(/^Nothing answers at 127\.0\.0\.1:1\./),
    });
    expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(["settings", "disk", "port", "address"]));
  });

  it("says what a database answers that it cannot work with, and goes on with the other checks", async () => {
    const uri = testDatabaseUri();
    await withDatabase(uri, (db) => db.createCollection("messages", { viewOn: "nothing", pipeline: [] }));

    const { code, findings } = await examine(await doctorOf({ MONGODB_URI: uri }));

    expect(code).toBe(1);
    expect(findings.filter(({ check }) => check === "database").map(({ says }) => says)).toContainEqual(
      expect.stringMatching(/^The database answers with an error \(.*view.*\)\.$/),
    );
    expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(["settings", "disk", "port", "address"]));
  });

  it("names an index that is missing, one in another form, and a restore that was not finished", async () => {
    const uri = testDatabaseUri();
    const admin = await doctorOf({ MONGODB_URI: uri, PORT: "0" });
    await admin.run(["user", "create", "ada", "--generate"]);
    await withDatabase(uri, async (db) => {
      await db.collection("messages").dropIndex("u_client_id");
      await db.collection("memberships").dropIndex("user");
      await db.collection("users").dropIndex("u_username");
      await db.collection("users").createIndex({ username: 1 }, { name: "u_username" });
      await db
        .collection("settings")
        .insertOne({ _id: "restore" as never, file: "f", startedAt: new Date(), phase: "switching" });
    });

    const found = await examine(admin);

    expect(wrongOf(found).toSorted()).toEqual([
      "warning indexes: The index memberships.user is missing.",
      "wrong database: The restore of f was not finished: no server starts on this data.",
      "wrong indexes: The index messages.u_client_id is missing.",
      "wrong indexes: The index users.u_username has another form.",
    ]);
    expect(found.findings.find(({ says }) => says.includes("another form"))?.remedy).toContain(
      'db.users.dropIndex("u_username")',
    );
  });
});

describe("settings", () => {
  const check = (settings: Record<string, string>) =>
    checkSettings(readConfig(settings, "/")).map(({ level, says }) => (level === "ok" ? "ok" : says));

  it.each<[string, Record<string, string>, RegExp]>([
    [
      "open to the network without an address",
      { HOST: "0.0.0.0" },
      /opens the server to the network, and PUBLIC_URL is not set/,
    ],
    ["plain http for others", { PUBLIC_URL: "http://chat.example.org:3000" }, /is plain http/],
    [
      "a proxy that is not trusted",
      { PUBLIC_URL: "https://chat.example.org" },
      /leads through a proxy, and TRUST_PROXY is 0/,
    ],
    [
      "a proxy that is not there",
      { PUBLIC_URL: "http://localhost:3000", TRUST_PROXY: "1" },
      /anybody can make up an address/,
    ],
    [
      "allowed origins alone",
      { ALLOWED_ORIGINS: "https://a.example.org" },
      /only pages from ALLOWED_ORIGINS are let in/,
    ],
    ["a low cost", { BCRYPT_COST: "4" }, /quick to guess/],
  ])("warns of %s", (_what, settings, says) => {
    expect(check(settings)).toEqual([expect.stringMatching(says)]);
  });

  it.each([
    [{}],
    [{ PUBLIC_URL: "https://chat.example.org", TRUST_PROXY: "1" }],
    [{ PUBLIC_URL: "http://localhost:3000" }],
  ])("takes %j as it is", (settings) => {
    expect(check(settings)).toEqual(["ok"]);
  });
});

describe("disk", () => {
  it("finds secrets that others can read, little room, and a folder that is none", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "parlance-doctor-"));
    await writeFile(join(dataDir, "jwt-secret"), "x".repeat(40));
    await chmod(join(dataDir, "jwt-secret"), 0o644);
    const levels = async (space?: Parameters<typeof checkFolder>[1]) =>
      (await checkFolder({ dataDir }, space)).map(({ level }) => level);

    expect(await levels()).toEqual(["wrong", "ok"]);
    await chmod(join(dataDir, "jwt-secret"), 0o600);
    expect(await levels({ warningBytes: Infinity, wrongBytes: 0 })).toEqual(["ok", "warning"]);
    expect(await levels({ warningBytes: Infinity, wrongBytes: Infinity })).toEqual(["ok", "wrong"]);
    expect(await checkFolder({ dataDir: join(dataDir, "jwt-secret") })).toEqual([
      expect.objectContaining({ level: "wrong", says: expect.stringMatching(/is no folder/) }),
    ]);
    expect((await checkFolder({ dataDir: join(dataDir, "new") }))[0]?.level).toBe("ok");
    await rm(dataDir, { recursive: true });
  });
});

describe("the way through PUBLIC_URL", () => {
  const transports = async (fault: Fault, targets = [server.url]) => {
    const base = await startFaultyProxy(targets, fault);
    const [polling, webSocket] = [await checkPolling(base, 500), await checkWebSocket(base, 500)];
    return {
      polling: { ...polling, says: polling.says.replaceAll(base, "URL") },
      webSocket: { ...webSocket, says: webSocket.says.replaceAll(base, "URL") },
    };
  };

  it("is well through a proxy that does its work", async () => {
    const admin = await doctorOf({ PUBLIC_URL: await startFaultyProxy([server.url], "none"), TRUST_PROXY: "1" });

    expect(wrongOf(await examine(admin))).toEqual([]);
  });

  it("finds a proxy that leaves out Upgrade, and shows nginx's remedy", async () => {
    const { polling, webSocket } = await transports("strips upgrade");

    expect(polling.level).toBe("ok");
    expect(webSocket.says).toBe(
      "WebSocket through URL does not come to be: the proxy leaves out the headers Upgrade and Connection.",
    );
    expect(webSocket.remedy).toContain("proxy_set_header Upgrade $http_upgrade");
  });

  it("finds a proxy that leads one client to different servers", async () => {
    const twin = await startTestServer({ MONGODB_URI: server.uri });

    const { polling } = await transports("changes servers", [server.url, twin.url]);

    expect(polling.says).toBe(
      "Polling through URL loses its session: the proxy leads the requests of one client to different servers.",
    );
    expect(polling.remedy).toContain("sticky");
  });

  it("finds a proxy that holds answers back", async () => {
    const { polling, webSocket } = await transports("holds back");

    expect(polling).toMatchObject({ level: "wrong", says: "Polling through URL: no answer within 0.5 s." });
    expect(webSocket).toMatchObject({
      level: "wrong",
      says: "WebSocket through URL: after the upgrade nothing comes through.",
      remedy: expect.stringContaining("proxy_buffering off"),
    });
  });

  it("finds a proxy that passes on only the API", async () => {
    const { polling, webSocket } = await transports("knows only /api");

    expect(polling.says).toBe("Polling through URL is refused: the proxy answers 404 itself.");
    expect(webSocket.says).toBe("WebSocket through URL is refused: the proxy answers 404 itself.");
  });

  it("finds a proxy that cuts connections", async () => {
    const { polling, webSocket } = await transports("cuts");

    expect(polling.says).toBe("Polling through URL: the connection was cut.");
    expect(webSocket.says).toBe("WebSocket through URL: the connection was cut.");
  });

  it("finds an address that the running server does not allow", async () => {
    const strict = await startTestServer({ PUBLIC_URL: "https://chat.example.org" });

    const { polling, webSocket } = await transports("none", [strict.url]);

    expect(polling.says).toBe("Polling through URL is refused: the server does not take URL for an allowed origin.");
    expect(webSocket.says).toBe(
      "WebSocket through URL is refused: the server does not take URL for an allowed origin.",
    );
  });

  it("finds an address that leads elsewhere, nowhere, or to a proxy without a server", async () => {
    const [elsewhere, nowhere, dead] = await Promise.all(
      [other.url, "http://127.0.0.1:1", await startFaultyProxy([server.url], "answers 502")].map(async (url) =>
        wrongOf(await examine(await doctorOf({ PUBLIC_URL: url, TRUST_PROXY: "1" }))),
      ),
    );

    expect(elsewhere).toEqual([`wrong address: ${other.url} leads to a Parlance that serves other data.`]);
    expect(nowhere).toEqual(["wrong address: http://127.0.0.1:1 is not reached from here: nothing listens there."]);
    expect(dead).toEqual([expect.stringMatching(/^wrong address: .* does not lead to Parlance: it answers 502\.$/)]);
  });
});
