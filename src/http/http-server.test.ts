import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { createHttpServer } from "./http-server.js";

const server = createHttpServer((_request, response) => {
  response.end("ok");
});
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.close();
  await once(server, "close");
});

/** Everything that comes back until the server hangs up. */
async function talk(text: string): Promise<string> {
  const socket: Socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.end(text);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

it("gives headers 10 s, a request 30 s, and a silent connection 5 s", () => {
  expect([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout]).toEqual([10_000, 30_000, 5_000]);
});

it("outlives a connection that asks for an upgrade and is reset", async () => {
  const upgraded = once(server, "upgrade");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const [, ours] = (await upgraded) as [unknown, Socket];
  const closed = new Promise((resolve) => ours.once("close", resolve));

  socket.resetAndDestroy();
  await closed;

  // Without a listener of its own this error would have ended the process.
  expect(ours.errored).toMatchObject({ code: "ECONNRESET" });
  expect(ours.listenerCount("error")).toBeGreaterThan(0);
});

it("refuses headers over 16 KiB, and what is no HTTP", async () => {
  const withHeader = (size: number) =>
    `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Filler: ${"a".repeat(size)}\r\n\r\n`;

  expect(await talk(withHeader(15_000))).toMatch(/^HTTP\/1\.1 200/);
  expect(await talk(withHeader(17_000))).toMatch(/^HTTP\/1\.1 431/);
  expect(await talk("garbage\r\n\r\n")).toMatch(/^HTTP\/1\.1 400/);
});
