/** What was said: the timeline and the log of a room. */
import { z } from "zod";
import { entrySchema } from "../entries.js";
import { newMessageFields } from "../events.js";
import { clientId, cursorText, limitText } from "../scalars.js";
import { pageSchema } from "../shapes.js";
import { endpoint } from "./endpoint.js";

const oneOfPages = (query: { before?: number | undefined; after?: number | undefined; around?: number | undefined }) =>
  [query.before, query.after, query.around].filter((value) => value !== undefined).length <= 1;

export const messagesEndpoints = {
  listMessages: endpoint({
    method: "GET",
    path: "/rooms/:roomId/messages",
    tag: "Messages",
    summary: "A page of the timeline, ascending; the newest one without before, after or around",
    description:
      "Messages, joins, leaves and changes of the room, each message folded at least as of `head` [L8]. `before` and `after` are exclusive. `around` takes half of `limit` older entries and the rest from its seq on. Pass `page.before` or `page.after` on for the next page.",
    access: "token",
    query: z
      .strictObject({
        before: cursorText.optional().describe("What stands before this seq."),
        after: cursorText.optional().describe("What stands after this seq."),
        around: cursorText.optional().describe("What stands on both sides of this seq, and itself."),
        limit: limitText,
      })
      .refine(oneOfPages, "Give at most one of before, after and around."),
    answers: { 200: z.object({ messages: z.array(entrySchema), page: pageSchema, head: z.int().min(0) }) },
    errors: ["invalid_request", "forbidden", "not_found"],
  }),
  getMessage: endpoint({
    method: "GET",
    path: "/rooms/:roomId/messages/:seq",
    tag: "Messages",
    summary: "One entry of the timeline",
    description: "A `seq` that is not in the timeline is `not_found`.",
    access: "token",
    answers: { 200: entrySchema },
    errors: ["forbidden", "not_found"],
  }),
  sendMessage: endpoint({
    method: "POST",
    path: "/rooms/:roomId/messages",
    tag: "Messages",
    summary: "Send a message; 200 when it was sent before under the same clientId",
    description:
      "Under the same clientId a message is written once, however often and over whichever transport it arrives [L4]; without one the server makes one, and a repeat is a second message. Answered only when the message is stored for good [L3]. The clientId stands in the body or in `Idempotency-Key`; both and different are refused.",
    access: "token",
    body: z.strictObject({ clientId: clientId.optional(), ...newMessageFields }),
    answers: { 201: entrySchema, 200: entrySchema },
    errors: ["invalid_request", "forbidden", "not_found", "conflict", "client_id_reused", "rate_limited"],
  }),
  listLog: endpoint({
    method: "GET",
    path: "/rooms/:roomId/log",
    tag: "Messages",
    summary: "Every entry after a position, ascending",
    description:
      "Entries of every kind, gapless from `after` + 1 on [L1]: what a bot or a mirror reads. `head` is the room's last position.",
    access: "token",
    query: z.strictObject({ after: cursorText.default(0).describe("What stands after this seq."), limit: limitText }),
    answers: { 200: z.object({ entries: z.array(entrySchema), head: z.int().min(0) }) },
    errors: ["invalid_request", "forbidden", "not_found"],
  }),
} as const;
