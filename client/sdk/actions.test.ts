import { adaInARoom } from "./testing/fake-client.js";
import type { FakeRequest } from "./testing/fake-server.js";
import { sampleRoom, sampleView } from "./testing/samples.js";

describe("joinRoomByName", () => {
  it("looks through the directory for exactly this name, upper or lower case alike, and joins that room", async () => {
    const { client, server } = await adaInARoom();
    const named = (name: string) => sampleRoom(`id of ${name}`, 4, { name });
    const pages = (request: FakeRequest) => ({
      status: 200 as const,
      body: request.path.includes("cursor=more")
        ? { rooms: [named("Harbour")], nextCursor: null }
        : { rooms: [named("Big harbour"), named("Harbour office")], nextCursor: "more" },
    });
    server.on("GET /rooms/directory", pages);
    server.on(`POST /rooms/${encodeURIComponent("id of Harbour")}/join`, {
      status: 200,
      body: sampleView("id of Harbour", 5),
    });

    const view = await client.joinRoomByName(" harbour ");

    expect(view.room.id).toBe("id of Harbour");
    expect(client.getState().rooms?.has("id of Harbour")).toBe(true);
  });

  it("is not_found where no room has this name", async () => {
    const { client, server } = await adaInARoom();
    server.on("GET /rooms/directory", { status: 200, body: { rooms: [sampleRoom("r2", 4)], nextCursor: null } });

    await expect(client.joinRoomByName("Harbour")).rejects.toMatchObject({ code: "not_found" });
  });

  it("searches for no more of a long name than may be searched for", async () => {
    const { client, server } = await adaInARoom();
    const long = `${"x".repeat(63)}🚢 and more of it`;
    server.on("GET /rooms/directory", {
      status: 200,
      body: { rooms: [sampleRoom("ship", 4, { name: long })], nextCursor: null },
    });
    server.on("POST /rooms/ship/join", { status: 200, body: sampleView("ship", 5) });

    expect((await client.joinRoomByName(long)).room.id).toBe("ship");
    expect(server.requests.at(-2)?.path).toBe(`/rooms/directory?query=${"x".repeat(63)}`);
  });
});
