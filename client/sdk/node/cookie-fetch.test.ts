import { createCookieFetch } from "./cookie-fetch.js";

function serverThatSets(...headers: string[][]) {
  const seen: (string | null)[] = [];
  const fetch = createCookieFetch((_url, init) => {
    seen.push(new Headers(init.headers).get("cookie"));
    const answer = new Headers((headers.shift() ?? []).map((header): [string, string] => ["set-cookie", header]));
    return Promise.resolve(new Response(null, { status: 204, headers: answer }));
  });
  return { fetch, seen };
}

describe("cookies in Node", () => {
  it("go back to the path they were set for, and to no other", async () => {
    const { fetch, seen } = serverThatSets([
      "parlance_refresh=a=b; Path=/api/v1/auth; HttpOnly; SameSite=Strict; Max-Age=60",
    ]);

    await fetch("http://x/api/v1/auth/login", {});
    await fetch("http://x/api/v1/auth/refresh", {});
    await fetch("http://x/api/v1/authors", {});

    expect(seen).toEqual([null, "parlance_refresh=a=b", null]);
  });

  it("are replaced by newer ones, and gone once they are cleared or out of date", async () => {
    const { fetch, seen } = serverThatSets(
      ["c=1; Path=/"],
      ["c=2; Path=/"],
      ["c=; Path=/; Max-Age=0"],
      ["d=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
    );

    for (let times = 0; times < 5; times += 1) await fetch("http://x/", {});

    expect(seen).toEqual([null, "c=1", "c=2", null, null]);
  });

  it("of an answer that is kept off leave the request as it was", async () => {
    const { fetch, seen } = serverThatSets(["no cookie at all"]);

    await fetch("http://x/", {});
    await fetch("http://x/", { headers: { cookie: "own=1" } });

    expect(seen).toEqual([null, "own=1"]);
  });
});
