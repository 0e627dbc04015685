/** The first that fits counts: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari. */
const BROWSERS = [
  ["Edge", /\bEdg(?:e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chrome", /(?:Chrome|Chromium|CriOS)\//],
  ["Safari", /\bSafari\//],
] as const;
const SYSTEMS = [
  ["Android", /Android/],
  ["iPhone or iPad", /iPhone|iPad/],
  ["Windows", /Windows/],
  ["Mac", /Macintosh/],
  ["Linux", /Linux/],
] as const;

/** "Firefox on Linux": enough to tell one's own devices apart. What names neither is shown by its first word. */
export function browserName(userAgent: string): string {
  const named = (table: readonly (readonly [string, RegExp])[]) => table.find(([, sign]) => sign.test(userAgent))?.[0];
  const browser = named(BROWSERS) ?? userAgent.split(/[\s/]/)[0];
  const system = named(SYSTEMS);
  if (!browser) return "Unknown program";
  return system === undefined ? browser : `${browser} on ${system}`;
}
