/** Holds docs/operations.md against the product: its settings, metrics, files and commands are those that there are. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ConfigError, readConfig } from "../src/infra/config.js";
import { createMetrics } from "../src/infra/metrics.js";

const ROOT = resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const PAGE = read("docs/operations.md");

/** The cells of a section's table rows. */
function tableOf(section: string): string[][] {
  const text = PAGE.split(/\n## /).find((candidate) => candidate.startsWith(`${section}\n`)) ?? "";
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) =>
    row
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

/** What stands between backticks, without labels. */
const quoted = (cell = "") => [...cell.matchAll(/`([^`{]+)[^`]*`/g)].map(([, name]) => name as string);

describe("docs/operations.md", () => {
  const settings = tableOf("Settings").map(([name, value]) => [quoted(name)[0], quoted(value)[0] ?? ""] as const);

  it("has every setting of .env.example with its default, and no other", () => {
    const example = [...read(".env.example").matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);

    expect(settings).toEqual(example);
  });

  it("names no default that differs from none", () => {
    const env = Object.fromEntries(settings.map(([name, value]) => [name, value]));

    expect(readConfig(env, ROOT)).toEqual(readConfig({}, ROOT));
    expect(() => readConfig({ ...env, BCRYPT_COST: "99" }, ROOT)).toThrow(ConfigError);
  });

  it("explains every metric of ours, and none that there is not", async () => {
    const metrics = createMetrics();
    const all = (await metrics.registry.getMetricsAsJSON()).map(({ name }) => name);
    metrics.close();

    const explained = tableOf("Metrics").flatMap(([names]) => quoted(names));

    expect(explained.filter((name) => !all.includes(name))).toEqual([]);
    const ours = all.filter((name) => name.startsWith("parlance_"));
    expect(explained.filter((name) => name.startsWith("parlance_")).toSorted()).toEqual(ours.toSorted());
    for (const [, name = ""] of PAGE.matchAll(/(parlance_\w+)/g)) {
      expect(all).toContain(name.replace(/_(bucket|count|sum)$/, ""));
    }
  });

  it("points to files that there are", () => {
    const files = [...PAGE.matchAll(/\b(deploy\/[\w.-]+\w|\.env\.example)/g)].map(([name]) => name);
    const sections = [...PAGE.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
    const links = [...PAGE.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);

    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
    expect(links.filter((anchor) => !sections.includes(anchor as string))).toEqual([]);
  });
});
