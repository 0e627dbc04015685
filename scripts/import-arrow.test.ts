import { describe, expect, it } from "@jest/globals";
import { importsOf, judgeImport } from "./import-arrow.mjs";

describe("the import arrow", () => {
  it.each([
    ["src/infra/config.ts", "src/protocol/limits"],
    ["src/api-docs/openapi/openapi.ts", "src/protocol/endpoints/index"],
    ["src/http/api-docs.ts", "src/api-docs/documents"],
    ["src/rooms/actions.ts", "src/accounts/users"],
    ["src/server.ts", "src/messages/actions"],
    ["src/log/log.ts", "src/log/memory"],
    ["client/sdk/client.ts", "src/protocol/events"],
    ["client/screens/room.tsx", "client/sdk/client"],
  ])("lets %s take from %s", (file, target) => {
    expect(judgeImport(file, target)).toBeNull();
  });

  it.each([
    ["src/protocol/events.ts", "src/infra/config"],
    ["src/infra/config.ts", "src/log/log"],
    ["src/api-docs/documents.ts", "src/http/route"],
    ["src/log/log.ts", "src/rooms/rules"],
    ["src/accounts/accounts.ts", "src/rooms/rooms"],
    ["src/rooms/rooms.ts", "src/messages/actions"],
    ["src/messages/actions.ts", "src/server"],
    ["src/rooms/rooms.ts", "client/sdk/client"],
    ["client/sdk/client.ts", "src/log/log"],
    ["src/newcomer/actions.ts", "src/protocol/events"],
  ])("does not let %s take from %s", (file, target) => {
    expect(judgeImport(file, target)).not.toBeNull();
  });

  it("sees every kind of import", () => {
    const source = [
      'import a from "./a.js";',
      'import type { B } from "../b.js";',
      'import {\n  c,\n  d,\n} from "./c.js";',
      'export { e } from "./e.js";',
      'export * from "./f.js";',
      'const g = await import("./g.js");',
      'import "./h.js";',
      'import express from "express";',
    ].join("\n");

    expect(importsOf(source)).toEqual(["./a.js", "../b.js", "./c.js", "./e.js", "./f.js", "./g.js", "./h.js"]);
  });
});
