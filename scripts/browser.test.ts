import { describe, expect, it } from "@jest/globals";
import { findBrowser } from "./browser.mjs";

const only =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path);

describe("finding a browser", () => {
  it("takes CHROMIUM_PATH and nothing else when it is set", () => {
    const env = { CHROMIUM_PATH: "/opt/chrome", PATH: "/usr/bin" };

    expect(findBrowser(env, "linux", only("/opt/chrome", "/usr/bin/chromium"))).toBe("/opt/chrome");
    expect(findBrowser(env, "linux", only("/usr/bin/chromium"))).toBeNull();
  });

  it.each([
    ["linux", { PATH: "/bin:/usr/bin" }, "/usr/bin/google-chrome"],
    ["darwin", {}, "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
    ["win32", { PROGRAMFILES: "C:\\Programs" }, "C:\\Programs\\Microsoft\\Edge\\Application\\msedge.exe"],
  ] as const)("looks where %s has them", (platform, env, path) => {
    expect(findBrowser(env, platform, only(path))).toBe(path);
  });

  it("finds none where there is none", () => {
    expect(findBrowser({ PATH: "/usr/bin" }, "linux", only())).toBeNull();
  });
});
