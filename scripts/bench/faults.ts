/** What went wrong in a run, whatever its figures are. */
import type { FlowResult } from "./load/flow.js";

/** What must be nought in every run: a fast server that loses messages has not measured anything. */
export function faultsOf(result: Record<string, unknown>): string[] {
  const {
    faults = {},
    closed = 0,
    bad,
    exact,
    sockets,
    pages,
  } = result as {
    faults?: Partial<FlowResult["faults"]>;
    closed?: number;
    bad?: number;
    exact?: number;
    sockets?: number;
    pages?: { name: string; bad: number }[];
  };
  return [
    ...Object.entries(faults).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`])),
    ...(closed > 0 ? [`${closed} sockets closed`] : []),
    ...(bad ? [`${bad} bad pages`] : []),
    ...(pages ?? []).flatMap((page) => (page.bad === 0 ? [] : [`${page.bad} bad pages (${page.name})`])),
    ...(exact !== undefined && exact !== sockets ? [`${exact} of ${sockets} got exactly what they missed`] : []),
  ];
}
