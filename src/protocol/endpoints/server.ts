/** What this server is. */
import { serverInfoSchema } from "../shapes.js";
import { endpoint } from "./endpoint.js";

export const serverEndpoints = {
  getServer: endpoint({
    method: "GET",
    path: "/server",
    tag: "Server",
    summary: "What this server is, and its limits",
    description:
      "`historyId` is made at the first start and anew at each restore: another one than known means that caches and cursors are void. `limits` holds every constant limit by name.",
    access: "open",
    answers: { 200: serverInfoSchema },
    errors: [],
  }),
} as const;
