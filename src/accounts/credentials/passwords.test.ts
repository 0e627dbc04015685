import { ChatError } from "../../protocol/errors.js";
import { createPasswords, refuseGuessable } from "./passwords.js";

const code = (error: unknown) => (error instanceof ChatError ? error.code : "bug");

describe("verify", () => {
  it("tells the right password from a wrong one, and says no without a hash", async () => {
    const passwords = createPasswords(4);
    const stored = await passwords.hash("correct horse");

    expect(await passwords.verify("correct horse", stored)).toBe(true);
    expect(await passwords.verify("correct hors", stored)).toBe(false);
    expect(await passwords.verify("correct horse", null)).toBe(false);
  });

  it("takes as long for a name that nobody has", async () => {
    const passwords = createPasswords(9);
    const stored = await passwords.hash("correct horse");
    const time = async (hash: string | null) => {
      const start = performance.now();
      await passwords.verify("wrong", hash);
      return performance.now() - start;
    };
    const fastest = async (hash: string | null) =>
      Math.min(await time(hash), await time(hash), await time(hash), await time(hash), await time(hash));

    const [known, unknown] = [await fastest(stored), await fastest(null)];

    // The same work; the bounds leave room for a busy machine.
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });

  it("tells passwords apart that differ only after a NUL", async () => {
    const passwords = createPasswords(4);
    const stored = await passwords.hash("correct\0horse");

    expect(await passwords.verify("correct\0horsf", stored)).toBe(false);
  });
});

describe("the queue", () => {
  it("takes 2 at once and 50 more, answers the rest unavailable, and goes on afterwards", async () => {
    const passwords = createPasswords(4);

    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash("correct horse")));

    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused.map(({ reason }) => code(reason))).toEqual(Array.from({ length: 8 }, () => "unavailable"));
    expect(await passwords.hash("correct horse")).toMatch(/^\$2b\$04\$/);
  });
});

describe("guessable passwords", () => {
  const check = (password: string) => () => refuseGuessable(password, "ada", "password");

  it.each(["password", "PASSWORD", "12345678", "iloveyou", "trustno1", "qwertyuiop"])("refuses %s", (password) => {
    expect(check(password)).toThrow("most common");
  });

  it("takes words that are not on the list", () => {
    expect(check("correct horse battery")).not.toThrow();
  });

  it("knows over 10,000 of those long enough to be one", async () => {
    const { dictionary } = await import("@zxcvbn-ts/language-common");
    const refused = dictionary["passwords-common"].filter((word) => {
      if (word.length < 8) return false;
      try {
        refuseGuessable(word.toUpperCase(), "ada", "next");
        return false;
      } catch (error) {
        return code(error) === "invalid_request";
      }
    });

    expect(refused.length).toBeGreaterThan(10_000);
  });
});
