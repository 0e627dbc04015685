import { describe, expect, it } from "@jest/globals";
import { createLogger } from "./logger.js";

const canary = "canary-7f3a";

function logged(fields: object): string {
  const lines: string[] = [];
  createLogger("info", { write: (line) => void lines.push(line) }).info(fields, "something happened");
  return lines.join("");
}

describe("the log", () => {
  it("is one JSON line an event, with a readable level and time", () => {
    const line = logged({ roomId: "r1", note: "two\nlines" });

    expect(line.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(line)).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      roomId: "r1",
      note: "two\nlines",
      msg: "something happened",
    });
  });

  it("shows what an error says, and nothing that hangs on it", () => {
    const cause = Object.assign(new Error("the write was refused"), { writeErrors: [{ op: { words: canary } }] });
    const error = Object.assign(new Error("not stored", { cause }), { code: 121, result: { documents: [canary] } });

    const { err } = JSON.parse(logged({ err: error })) as { err: object };

    expect(err).toEqual({
      type: "Error",
      message: "not stored: the write was refused",
      stack: expect.stringContaining("logger.test"),
      code: 121,
    });
    expect(logged({ err: { op: canary } })).not.toContain(canary);
  });

  it.each([
    "authorization",
    "cookie",
    "set-cookie",
    "password",
    "current",
    "next",
    "token",
    "accessToken",
    "text",
    "email",
  ])("hides the field %s at any depth that our lines have", (field) => {
    const secret = { [field]: canary };

    expect(logged(secret)).not.toContain(canary);
    expect(logged({ body: secret })).not.toContain(canary);
    expect(logged({ req: { headers: secret } })).not.toContain(canary);
  });
});
