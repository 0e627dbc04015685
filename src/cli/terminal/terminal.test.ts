import { expect, it } from "@jest/globals";
import { openTerminal } from "./terminal.js";

it("goes on when nobody reads what it writes any more, and hides no other failure", () => {
  openTerminal({ folder: ".", signal: new AbortController().signal });
  const failure = (code: string) => Object.assign(new Error(code), { code });

  expect(() => process.stdout.emit("error", failure("EPIPE"))).not.toThrow();
  expect(() => process.stdout.emit("error", failure("EIO"))).toThrow("EIO");
});
