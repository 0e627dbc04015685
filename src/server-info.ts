/** GET /server: what this server is, for clients that have not logged in yet. */
import type { Handlers } from "./http/route.js";
import type { Config } from "./infra/config.js";
import { LIMITS } from "./protocol/limits.js";

/** Kept in step with package.json by a test. */
export const VERSION = "0.1.0";

interface ServerInfoDeps {
  config: Pick<Config, "registration">;
  historyId(): string;
  now(): number;
}

export function createServerInfo({ config, historyId, now }: ServerInfoDeps): Pick<Handlers, "getServer"> {
  return {
    getServer: () =>
      Promise.resolve({
        status: 200,
        body: {
          name: "Parlance",
          version: VERSION,
          protocol: 1 as const,
          historyId: historyId(),
          time: new Date(now()).toISOString(),
          registration: config.registration,
          limits: LIMITS,
        },
      }),
  };
}
