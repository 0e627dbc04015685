/** PUBLIC_URL as people use it: that it leads to this server, and over both transports. */
import { reasonOf } from "../../../infra/error-facts.js";
import { ok, wrong, type Found } from "../finding.js";
import { NoAnswer } from "../reach/request.js";
import { readServer } from "../reach/server.js";
import { checkPolling, checkWebSocket } from "../reach/transports.js";

/** @param historyId - of the database; null when that is not known */
export async function checkPublicAddress(base: string, historyId: string | null): Promise<Found[]> {
  const found = await checkLeadsHere(base, historyId);
  if (found.level !== "ok") return [found];
  return [found, ...(await Promise.all([checkPolling(base), checkWebSocket(base)]))];
}

async function checkLeadsHere(base: string, historyId: string | null): Promise<Found> {
  try {
    const server = await readServer(base);
    if (historyId === null || server.historyId === historyId) return ok(`${base} leads to this server.`);
    return wrong(
      `${base} leads to a Parlance that serves other data.`,
      "Check PUBLIC_URL, and where the proxy leads to.",
    );
  } catch (error) {
    if (error instanceof NoAnswer)
      return wrong(
        `${base} is not reached from here: ${error.message}.`,
        "Check PUBLIC_URL, the name's DNS entry, and that the proxy runs.",
      );
    return wrong(
      `${base} does not lead to Parlance: ${reasonOf(error)}.`,
      "Let the proxy pass /api/ and /socket.io/ on to HOST and PORT.",
    );
  }
}
