/** Numbers as a person reads them. */

const NAMED = ["users", "rooms", "messages"] as const;

/** "12 users, 3 rooms, 4,521 messages" (entries of all kinds count as messages, as the collection has it). */
export function describeCounts(counts: Readonly<Record<string, number>>): string {
  return NAMED.map((name) => {
    const count = counts[name] ?? 0;
    return `${count.toLocaleString("en-US")} ${count === 1 ? name.slice(0, -1) : name}`;
  }).join(", ");
}

/** "12 kB", "3.4 MB" */
export function describeSize(bytes: number): string {
  const units = ["kB", "MB", "GB", "TB"];
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit] ?? ""}`;
}
