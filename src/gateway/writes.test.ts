import { afterEach, describe, expect, it } from "@jest/globals";
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Socket as TcpSocket } from "node:net";
import { Server } from "socket.io";
import { io as connect, type Socket } from "socket.io-client";
import { saveSystemCalls } from "./writes.js";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Every write that reaches the system on the server's side, as the number of buffers it takes. */
function watchWrites(server: HttpServer): number[] {
  const writes: number[] = [];
  server.on("connection", (socket: TcpSocket) => {
    const [one, many] = [socket._write.bind(socket), socket._writev?.bind(socket)];
    socket._write = (chunk, encoding, callback) => {
      writes.push(1);
      one(chunk, encoding, callback);
    };
    socket._writev = (chunks, callback) => {
      writes.push(chunks.length);
      many?.(chunks, callback);
    };
  });
  return writes;
}

async function start(clientCount: number, saving: boolean) {
  const httpServer = createServer();
  const writes = watchWrites(httpServer);
  const io = new Server(httpServer, { serveClient: false });
  if (saving) saveSystemCalls(io);
  io.on("connection", (socket) => {
    void socket.join("room");
    socket.on("count", (ack: (value: number) => void) => ack(1));
  });
  httpServer.listen(0, "127.0.0.1");
  await once(httpServer, "listening");
  closing.push(() => void io.close());
  const { port } = httpServer.address() as AddressInfo;
  const clients: Socket[] = [];
  for (let count = 0; count < clientCount; count++) {
    const client = connect(`http://127.0.0.1:${port}`, { transports: ["websocket"], forceNew: true });
    closing.push(() => void client.close());
    await once(client as unknown as NodeJS.EventEmitter, "connect");
    clients.push(client);
  }
  writes.length = 0;
  return { io, clients, writes };
}

const heard = (client: Socket, event: string): Promise<unknown> =>
  new Promise((resolve) => client.once(event, resolve));

describe("writes to sockets", () => {
  it("[D0] what goes to many is one buffer for each of them", async () => {
    const { io, clients, writes } = await start(3, true);
    const text = "ä".repeat(200);

    const all = Promise.all(clients.map((client) => heard(client, "said")));
    io.to("room").emit("said", text);

    await expect(all).resolves.toEqual([text, text, text]);
    expect(writes).toEqual([1, 1, 1]);
  });

  it.each([
    ["one write", true, 1],
    ["a write each without it", false, 4],
  ])("[D0] what waits for one socket goes out in %s, whole and in order", async (_name, saving, expected) => {
    const { io, clients, writes } = await start(1, saving);
    const [client] = clients as [Socket];
    const got: number[] = [];
    client.on("number", (value: number) => got.push(value));
    const last = new Promise<void>((resolve) => client.on("number", (value: number) => value === 5 && resolve()));

    // The first one goes out at once; the others wait until it has been taken.
    for (let value = 1; value <= 5; value++) io.to("room").emit("number", value);
    await last;

    expect(got).toEqual([1, 2, 3, 4, 5]);
    expect(writes).toHaveLength(1 + expected);
  });

  it("[D0] large and small packets stay whole, and the connection goes on afterwards", async () => {
    const { io, clients } = await start(2, true);
    const texts = Array.from({ length: 50 }, (_, index) => String.fromCharCode(97 + (index % 26)).repeat(index * 997));
    const [client] = clients as [Socket];
    const got: string[] = [];
    client.on("said", (text: string) => got.push(text));

    for (const text of texts) io.to("room").emit("said", text);
    const answer: unknown = await client.timeout(5_000).emitWithAck("count");

    expect(got).toEqual(texts);
    expect(answer).toBe(1);
  });
});
