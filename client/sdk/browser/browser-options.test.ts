import { browserOptions, type BrowserWindow } from "./browser-options.js";

function createPage(changes: Partial<BrowserWindow> = {}) {
  const page = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const kept = new Map<string, string>();
  const localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  return { kept, document, page: Object.assign(page, { document, localStorage, navigator: {}, ...changes }) };
}

describe("a browser's network", () => {
  it("tells of coming and going, and of being looked at again", () => {
    const { page, document } = createPage();
    const told: string[] = [];
    const stop = browserOptions(page).network?.subscribe((signal) => told.push(signal));

    for (const type of ["online", "offline", "pageshow"]) page.dispatchEvent(new Event(type));
    document.dispatchEvent(new Event("visibilitychange"));
    document.visibilityState = "hidden";
    document.dispatchEvent(new Event("visibilitychange"));
    stop?.();
    page.dispatchEvent(new Event("online"));

    expect(told).toEqual(["online", "offline", "visible", "visible"]);
  });
});

describe("a browser's storage", () => {
  it("keeps values in localStorage", async () => {
    const { page, kept } = createPage();
    const { storage } = browserOptions(page);

    await storage?.set("a", "1");
    const read = await storage?.get("a");
    await storage?.delete("a");

    expect(read).toBe("1");
    expect(kept.size).toBe(0);
  });

  it("remembers until the page is closed where localStorage is forbidden", async () => {
    const { page } = createPage();
    Object.defineProperty(page, "localStorage", {
      get: () => {
        throw new Error("SecurityError");
      },
    });
    const { storage } = browserOptions(page);

    await storage?.set("a", "1");

    expect(await storage?.get("a")).toBe("1");
  });
});

describe("a browser's lock", () => {
  it("is Web Locks' where there are any", async () => {
    const names: string[] = [];
    const locks = {
      request<T>(name: string, task: () => Promise<T>): Promise<T> {
        names.push(name);
        return task();
      },
    };
    const { page } = createPage({ navigator: { locks } });

    expect(await browserOptions(page).lock?.run("refresh", () => Promise.resolve(7))).toBe(7);
    expect(names).toEqual(["refresh"]);
  });

  it("still keeps this page's own tasks apart where there are none", async () => {
    const { lock } = browserOptions(createPage().page);
    const steps: string[] = [];
    const task = (name: string) => async () => {
      steps.push(`${name} begins`);
      await Promise.resolve();
      steps.push(`${name} ends`);
      if (name === "first") throw new Error("It went wrong.");
    };

    const [first, second] = [lock?.run("x", task("first")), lock?.run("x", task("second"))];
    await expect(first).rejects.toThrow("It went wrong.");
    await second;

    expect(steps).toEqual(["first begins", "first ends", "second begins", "second ends"]);
  });
});
