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
    summary: "A page of the timeline, ascending; the newest one without before, after or around",
    access: "token",
    query: z
      .strictObject({
        before: cursorText.optional(),
        after: cursorText.optional(),
        around: cursorText.optional(),
        limit: limitText,
      })
      .refine(oneOfPages, "Give at most one of before, after and around."),
    answers: { 200: z.object({ messages: z.array(entrySchema), page: pageSchema, head: z.int().min(0) }) },
    errors: ["invalid_request", "forbidden", "not_found"],
  }),
  getMessage: endpoint({
    method: "GET",
    path: "/rooms/:roomId/messages/:seq",
    summary: "One entry of the timeline",
    access: "token",
    answers: { 200: entrySchema },
    errors: ["forbidden", "not_found"],
  }),
  sendMessage: endpoint({
    method: "POST",
    path: "/rooms/:roomId/messages",
    summary: "Send a message; 200 when it was sent before under the same clientId",
    access: "token",
    body: z.strictObject({ clientId: clientId.optional(), ...newMessageFields }),
    answers: { 201: entrySchema, 200: entrySchema },
    errors: ["invalid_request", "forbidden", "not_found", "conflict", "client_id_reused", "rate_limited"],
  }),
  listLog: endpoint({
    method: "GET",
    path: "/rooms/:roomId/log",
    summary: "Every entry after a position, ascending",
    access: "token",
    query: z.strictObject({ after: cursorText.default(0), limit: limitText }),
    answers: { 200: z.object({ entries: z.array(entrySchema), head: z.int().min(0) }) },
    errors: ["invalid_request", "forbidden", "not_found"],
  }),
} as const;
