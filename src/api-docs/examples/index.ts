/** Examples of every REST call, by its name. */
import type { EndpointName } from "../../protocol/endpoints/index.js";
import { accountsExamples } from "./accounts.js";
import type { ExamplesOf } from "./example.js";
import { messagesExamples } from "./messages.js";
import { roomsExamples } from "./rooms.js";
import { serverExamples } from "./server.js";

export const endpointExamples: ExamplesOf<EndpointName> = {
  ...accountsExamples,
  ...roomsExamples,
  ...messagesExamples,
  ...serverExamples,
};
