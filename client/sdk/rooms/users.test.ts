import { LIMITS } from "../../../src/protocol/limits.js";
import { adaInARoom } from "../testing/fake-client.js";
import type { FakeRequest } from "../testing/fake-server.js";
import { settled } from "../testing/manual-time.js";
import { message, sampleUser } from "../testing/samples.js";

const idsOf = ({ path }: FakeRequest) => decodeURIComponent(path.split("ids=")[1] ?? "").split(",");
/** Longer than any refresh waits. */
const A_WHILE = 20_000;

/** Ada's client, live, with a server that knows everybody by `nameOf`. */
async function withUsers(nameOf: (id: string) => string | null = (id) => id) {
  const world = await adaInARoom(4);
  const asked: string[][] = [];
  const answer = (request: FakeRequest) => {
    asked.push(idsOf(request));
    const users = idsOf(request).flatMap((id) => {
      const displayName = nameOf(id);
      return displayName === null ? [] : [{ ...sampleUser(id), displayName }];
    });
    return { status: 200 as const, body: { users } };
  };
  world.server.on("GET /users", answer);
  const nameShown = (id: string) => world.client.getState().users.get(id)?.displayName;
  return { ...world, asked, answer, nameShown };
}

describe("getUser", () => {
  it("asks for somebody once, and then knows them", async () => {
    const { client, asked } = await withUsers();

    const [first, second] = await Promise.all([client.getUser("grace"), client.getUser("grace")]);
    const third = await client.getUser("grace");

    expect([first.id, second, third]).toEqual(["grace", first, first]);
    expect(asked).toEqual([["grace"]]);
  });

  it("is not_found for somebody who is not there", async () => {
    const { client } = await withUsers(() => null);

    await expect(client.getUser("nobody")).rejects.toMatchObject({ code: "not_found" });
  });

  it("waits for the next connection where no answer comes", async () => {
    const { client, server, time, answer } = await withUsers();
    server.on("GET /users", "silence");
    const asking = client.getUser("grace");
    await time.pass(30_000);

    server.on("GET /users", answer);
    server.drop();
    await time.pass(1_000);

    expect((await asking).id).toBe("grace");
  });

  it("ends with the login", async () => {
    const { client, server } = await withUsers();
    server.on("GET /users", "silence");
    const asking = client.getUser("grace");
    const outcome = asking.catch((error: unknown) => error);

    await client.logOut();

    expect(await outcome).toMatchObject({ code: "unauthenticated" });
  });
});

describe("after a reconnect", () => {
  it("asks anew for who is known: what they changed meanwhile was told to nobody here", async () => {
    let name = "Grace";
    const { client, server, time, nameShown } = await withUsers((id) => (id === "grace" ? name : id));
    await client.getUser("grace");
    name = "Admiral Grace";

    server.drop();
    await time.pass(1_000);
    const atFirst = nameShown("grace");
    await time.pass(A_WHILE);

    expect([atFirst, nameShown("grace")]).toEqual(["Grace", "Admiral Grace"]);
  });

  it("shows oneself as one is by now, too", async () => {
    const { client, server, time } = await withUsers(() => "Countess");

    server.drop();
    await time.pass(1_000 + A_WHILE);

    expect(client.getState().account).toMatchObject({ me: { id: "ada", displayName: "Countess", email: null } });
  });

  it("asks in at most 3 calls of 100, those on show first, and not after the first connection", async () => {
    const { client, server, time, asked } = await withUsers();
    const crowd = Array.from({ length: 400 }, (_, index) => `user-${index}`);
    await Promise.all(crowd.map((id) => client.getUser(id)));
    const page = { messages: [message("r", 4, "user-399")], page: { before: null, after: null }, head: 4 };
    server.on("GET /rooms/r/messages", { status: 200, body: page });
    await client.openRoom("r");
    await time.pass(A_WHILE);
    const before = asked.length;

    server.drop();
    await time.pass(1_000 + A_WHILE);

    const after = asked.slice(before);
    expect(before).toBe(4);
    expect(after.map((ids) => ids.length)).toEqual([1, 1, 1].map(() => LIMITS.usersByIdsMax));
    expect(after[0]?.[0]).toBe("user-399");
  });

  it("does not put an older answer over what was pushed meanwhile", async () => {
    const { client, server, time, nameShown, answer } = await withUsers(() => "old");
    await client.getUser("grace");
    server.on("GET /users", async (request) => {
      server.push("user:changed", { user: { ...sampleUser("grace"), displayName: "newest" } });
      await settled();
      return answer(request);
    });

    server.drop();
    await time.pass(1_000 + A_WHILE);

    expect(nameShown("grace")).toBe("newest");
  });
});
