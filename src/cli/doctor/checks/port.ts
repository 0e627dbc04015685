/** HOST and PORT: free, or our own server's. */
import { createServer } from "node:net";
import type { Config } from "../../../infra/config.js";
import { codeOf } from "../../../infra/error-facts.js";
import { ok, wrong, type Found } from "../finding.js";
import { readServer } from "../reach/server.js";

/** Where a server on this host is reached from this machine. */
export function localUrl({ host, port }: Pick<Config, "host" | "port">): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

/**
 * @param historyId - of the database; null when that is not known
 * @returns also whether the server of this data runs there
 */
export async function checkPort(
  config: Pick<Config, "host" | "port">,
  historyId: string | null,
): Promise<{ found: Found; runs: boolean }> {
  const { host, port } = config;
  if (port === 0) return { found: ok("PORT=0 takes any free port."), runs: false };
  const code = await tryToListen(host, port);
  if (code === null) return { found: ok(`Port ${port} on ${host} is free: no server runs here.`), runs: false };
  if (code === "EACCES")
    return {
      found: wrong(`Port ${port} may not be used without more rights.`, "Set PORT to one above 1023."),
      runs: false,
    };
  if (code !== "EADDRINUSE")
    return {
      found: wrong(`HOST=${host} is no address of this machine (${code}).`, "Set it to 127.0.0.1, or 0.0.0.0 for all."),
      runs: false,
    };
  const server = await readServer(localUrl(config)).catch(() => null);
  const remedy = "Stop that one, or set PORT to a free port.";
  if (server === null)
    return { found: wrong(`Port ${port} on ${host} is taken by another program.`, remedy), runs: false };
  if (historyId !== null && server.historyId !== historyId)
    return { found: wrong(`On port ${port} runs a Parlance that serves other data.`, remedy), runs: false };
  return { found: ok(`Parlance ${server.version} runs at ${localUrl(config)}.`), runs: true };
}

/** The code of the failure, or null when it went well. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(String(codeOf(error))));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
