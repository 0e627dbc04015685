/** Holds docs/rules.md against the code: its lines are there, and tests quote its rules. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";

const ROOT = resolve(import.meta.dirname, "..");
const PAGE = readFileSync(join(ROOT, "docs/rules.md"), "utf8");

interface Rule {
  id: string;
  later: boolean;
  keptBy: { file: string; line: string } | null;
}

/** A rule is a paragraph that begins with its id. */
function readRules(page: string): Rule[] {
  return page.split(/\n(?=\*\*\[)/).flatMap((text) => {
    const id = /^\*\*\[([LSGD]\d+)\]\*\*/.exec(text)?.[1];
    if (id === undefined) return [];
    const paragraph = text.split("\n\n")[0] ?? "";
    const kept = /Kept by `([^`]+)`: `([^`]+)`/.exec(paragraph);
    return [
      {
        id,
        later: /[*_]Later/.test(paragraph),
        keptBy: kept === null ? null : { file: kept[1] as string, line: kept[2] as string },
      },
    ];
  });
}

function testFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(test|spec)\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

/** Ids in the names of tests, `it("[L1] [L2] …")`; this file quotes none. */
function quotedIds(): Set<string> {
  const ids = new Set<string>();
  for (const file of ["src", "client", "tests"].flatMap(testFiles)) {
    const source = readFileSync(join(ROOT, file), "utf8");
    for (const [, name = ""] of source.matchAll(/\b(?:it|test)(?:\.each\([^)]*\))?\(\s*["'`](.*)/g)) {
      for (const [, id = ""] of name.matchAll(/\[([LSGD]\d+)\]/g)) ids.add(id);
    }
  }
  return ids;
}

const rules = readRules(PAGE);
const kept = rules.filter(({ later }) => !later);
const IDS = [
  ...Array.from({ length: 12 }, (_, index) => `L${index + 1}`),
  ...Array.from({ length: 3 }, (_, index) => `S${index + 1}`),
  ...Array.from({ length: 9 }, (_, index) => `G${index + 1}`),
  ...Array.from({ length: 8 }, (_, index) => `D${index}`),
];

describe("docs/rules.md", () => {
  it("has every rule of the contract and the design once", () => {
    expect(rules.map(({ id }) => id)).toEqual(IDS);
  });

  it.each(kept.map(({ id, keptBy }) => ({ id, ...keptBy })))(
    "names a line for $id that is there",
    ({ file = "", line = "" }) => {
      const source = readFileSync(join(ROOT, file), "utf8").replaceAll(/\s+/g, " ");

      expect(source).toContain(line.replaceAll(/\s+/g, " "));
    },
  );

  it("has a test that quotes each rule that is kept", () => {
    const quoted = quotedIds();

    const unquoted = kept.map(({ id }) => id).filter((id) => !quoted.has(id));

    expect(unquoted).toEqual([]);
  });
});
