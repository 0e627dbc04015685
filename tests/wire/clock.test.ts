/** A server whose clock is not the database's: all goes on, and what is stored bears the primary's time [G5]. */
import { jest } from "@jest/globals";
import { createClients } from "../support/clients.js";
import { startTestServer } from "../support/server.js";

const realNow = Date.now;

/** Sets the clock of this process, and so of the servers in it, off by so much; mongod's stays right. */
function setClockOff(ms: number): void {
  jest.spyOn(Date, "now").mockImplementation(() => realNow() + ms);
}

afterEach(() => {
  jest.restoreAllMocks();
});

/** A server that starts on a clock that is off, and somebody in a room with a socket. */
async function startOff(ms: number) {
  setClockOff(ms);
  const server = await startTestServer();
  const ada = await createClients(server).registerUser("ada");
  const { room } = await ada.createRoom();
  return { server, ada, roomId: room.id, socket: await ada.connect() };
}

it.each([-5_000, 5_000])("[G5] a clock that is off by %i ms: the primary's time is used", async (off) => {
  const { server, socket, roomId } = await startOff(off);

  const { sentAt } = await socket.send(roomId, "what time is it?");

  expect(Math.abs(Date.parse(sentAt) - realNow())).toBeLessThan(2_000);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  await server.close();
});

it.each([-20 * 60_000, 20 * 60_000])(
  "[G5] a clock that is off by %i ms: the server is not ready, and writes go on",
  async (off) => {
    const { server, ada, socket, roomId } = await startOff(off);

    const entries = [
      await socket.send(roomId, "over the socket"),
      (await ada.call<{ sentAt: string }>("POST", `/rooms/${roomId}/messages`, { text: "over REST" })).body,
    ];

    for (const { sentAt } of entries) expect(Math.abs(Date.parse(sentAt) - realNow())).toBeLessThan(2_000);
    await socket.settled();
    expect(socket.disconnected()).toBeNull();
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining("clock")]);
    await server.close();
  },
);

it("[L2] a clock that is set back: times do not decrease along seq", async () => {
  const { server, ada, socket, roomId } = await startOff(0);
  const first = await socket.send(roomId, "before");

  setClockOff(-60_000);
  const second = await socket.send(roomId, "after");
  const renamed = await ada.call("PATCH", `/rooms/${roomId}`, { topic: "changed" });
  const third = await socket.send(roomId, "at last");

  expect(renamed.status).toBe(200);
  expect([second.sentAt, third.sentAt]).toEqual([first.sentAt, first.sentAt]);
  await server.close();
});
