/** What this server is. */
import { serverInfoSchema } from "../shapes.js";
import { endpoint } from "./endpoint.js";

export const serverEndpoints = {
  getServer: endpoint({
    method: "GET",
    path: "/server",
    summary: "What this server is, and its limits",
    access: "open",
    answers: { 200: serverInfoSchema },
    errors: [],
  }),
} as const;
