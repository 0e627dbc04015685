import type { IncomingMessage } from "node:http";
import { createOriginCheck } from "./origin.js";

interface Settings {
  publicUrl?: string;
  allowedOrigins?: string[];
}

function isAllowed({ publicUrl, allowedOrigins = [] }: Settings, origin: string | undefined, host = "chat.local:3000") {
  const request = { headers: { host, origin } } as IncomingMessage;
  return createOriginCheck({ publicUrl: publicUrl ?? null, allowedOrigins })(request);
}

describe("with neither PUBLIC_URL nor ALLOWED_ORIGINS", () => {
  it.each([
    ["http://chat.local:3000", true],
    ["https://chat.local:3000", true],
    [undefined, true],
    ["null", false],
    ["", false],
    ["http://chat.local", false],
    ["http://chat.local:3001", false],
    ["http://evil.example", false],
    ["http://chat.local:3000.evil.example", false],
    ["http://evil.example/chat.local:3000", false],
    ["http://chat.local:3000@evil.example", false],
    ["http://chat.local:3000/", false],
    ["chrome-extension://chat.local:3000", false],
    ["http://chat.local:3000, http://evil.example", false],
  ])("%s is let in: %s", (origin, expected) => {
    expect(isAllowed({}, origin)).toBe(expected);
  });

  it("knows the protocol's own port", () => {
    expect(isAllowed({}, "http://chat.local", "chat.local:80")).toBe(true);
    expect(isAllowed({}, "https://chat.local", "chat.local:443")).toBe(true);
    expect(isAllowed({}, "https://chat.local", "chat.local")).toBe(true);
    expect(isAllowed({}, "https://chat.local", "chat.local:80")).toBe(false);
    expect(isAllowed({}, "http://chat.local", "")).toBe(false);
  });
});

describe("with a list", () => {
  const settings = {
    publicUrl: "https://chat.example.org",
    allowedOrigins: ["https://b.example", "http://c.example:8080"],
  };

  it.each([
    ["https://chat.example.org", true],
    ["https://b.example", true],
    ["http://c.example:8080", true],
    [undefined, true],
    ["null", false],
    ["http://chat.example.org", false],
    ["https://chat.example.org:444", false],
    ["https://sub.chat.example.org", false],
    ["http://chat.local:3000", false],
  ])("%s is let in: %s", (origin, expected) => {
    expect(isAllowed(settings, origin)).toBe(expected);
  });

  it("holds for ALLOWED_ORIGINS alone", () => {
    expect(isAllowed({ allowedOrigins: ["https://b.example"] }, "https://b.example")).toBe(true);
    expect(isAllowed({ allowedOrigins: ["https://b.example"] }, "http://chat.local:3000")).toBe(false);
  });
});
