/** Reads what a server tells Prometheus, as strictly as the text format is written down. */

export interface Family {
  type: string;
  help: string;
  /** values by labels, written as `name{a="b"}` with the labels in order */
  samples: Map<string, number>;
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|[-+]?[\d.]+(?:e[-+]?\d+)?)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

function readLabels(text: string): [string, string][] {
  const labels: [string, string][] = [];
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (match === null) throw new Error(`These are no labels: ${text}`);
    labels.push([match[1] as string, match[2] as string]);
  }
  return labels.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function familyOf(families: Map<string, Family>, name: string): Family | undefined {
  const base = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ""));
  return base?.type === "histogram" || base?.type === "summary" || families.has(name) ? base : undefined;
}

/** @throws Error for a line that is not of the format, a sample without a type, or one that is there twice */
export function parseMetrics(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("The last line does not end.");
  const families = new Map<string, Family>();
  let help: { name: string; text: string } | null = null;
  for (const line of text.split("\n").filter((candidate) => candidate !== "")) {
    const [, helped, words] = HELP.exec(line) ?? [];
    const [, typed, type] = TYPE.exec(line) ?? [];
    const [, name, labels = "", value] = SAMPLE.exec(line) ?? [];
    if (helped !== undefined && words !== undefined) help = { name: helped, text: words };
    else if (typed !== undefined && type !== undefined) {
      if (families.has(typed) || help?.name !== typed) throw new Error(`Told twice, or without its help: ${line}`);
      families.set(typed, { type, help: help.text, samples: new Map() });
    } else if (name !== undefined && value !== undefined) {
      const family = familyOf(families, name);
      const key = name + JSON.stringify(readLabels(labels));
      if (family === undefined || family.samples.has(key)) throw new Error(`Without a type, or there twice: ${line}`);
      family.samples.set(key, Number(value.replace("Inf", "Infinity")));
    } else throw new Error(`This is no line of the format: ${line}`);
  }
  return families;
}

/** The value of a sample; 0 where nothing has been counted yet. */
export function sampleOf(families: Map<string, Family>, name: string, labels: Record<string, string> = {}): number {
  const ordered = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const family = familyOf(families, name);
  if (family === undefined) throw new Error(`There is no ${name}.`);
  return family.samples.get(name + JSON.stringify(ordered)) ?? 0;
}
