/** GET /server: what this server is, for clients that have not logged in yet. */
import type { Handlers } from "./http/route.js";
import type { Config } from "./infra/config.js";
import { ChatError } from "./protocol/errors.js";
import { LIMITS } from "./protocol/limits.js";

/** Kept in step with package.json by a test. */
export const VERSION = "0.1.0";

const AWAY_RETRY_MS = 2_000;

interface ServerInfoDeps {
  config: Pick<Config, "registration">;
  /** null until the database has been reached */
  historyId(): string | null;
  now(): number;
}

export function createServerInfo({ config, historyId, now }: ServerInfoDeps): Pick<Handlers, "getServer"> {
  return {
    async getServer() {
      const id = historyId();
      if (id === null) {
        throw new ChatError("unavailable", "The database has not been reached yet.", { retryAfterMs: AWAY_RETRY_MS });
      }
      const time = new Date(now()).toISOString();
      const { registration } = config;
      const body = {
        name: "Parlance",
        version: VERSION,
        protocol: 1 as const,
        historyId: id,
        time,
        registration,
        limits: LIMITS,
      };
      return await Promise.resolve({ status: 200, body });
    },
  };
}
