/** What the HTTP edge reads of the settings. */
import type { Config } from "../infra/config.js";

export type EdgeConfig = Pick<Config, "publicUrl" | "allowedOrigins" | "trustProxy"> & {
  rates: Pick<Config["rates"], "authPerMinute" | "requestsPerMinute">;
};

/** Whether people reach this server over https, as far as it was told. */
export function isHttps(config: Pick<Config, "publicUrl">): boolean {
  return config.publicUrl?.startsWith("https:") ?? false;
}
