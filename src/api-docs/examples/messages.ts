import type { messagesEndpoints } from "../../protocol/endpoints/messages.js";
import type { ExamplesOf } from "./example.js";
import { join, message, sent } from "./samples.js";

export const messagesExamples: ExamplesOf<keyof typeof messagesEndpoints> = {
  listMessages: { answers: { 200: { messages: [join, message], page: { before: 2, after: null }, head: 43 } } },
  getMessage: { answers: { 200: message } },
  sendMessage: {
    bodies: {
      // Without a clientId: whoever tries it twice sends two messages, and is not surprised.
      "A message": { text: "Thanks! The second crew starts early then." },
      "A reply that can be repeated": { clientId: sent.clientId, text: sent.text, replyTo: 43 },
    },
    answers: { 201: sent, 200: sent },
  },
  listLog: { answers: { 200: { entries: [message], head: 43 } } },
};
