import type { serverEndpoints } from "../../protocol/endpoints/server.js";
import { LIMITS } from "../../protocol/limits.js";
import type { ExamplesOf } from "./example.js";
import { historyId } from "./samples.js";

export const serverExamples: ExamplesOf<keyof typeof serverEndpoints> = {
  getServer: {
    answers: {
      200: {
        name: "Parlance",
        version: "0.1.0",
        protocol: 1,
        historyId,
        time: "2026-11-21T05:30:27.123Z",
        registration: "open",
        limits: { ...LIMITS },
      },
    },
  },
};
