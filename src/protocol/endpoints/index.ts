/** REST under /api/v1: one table of calls, from which the server's checks, the client's types and the API documents come. */
import type { z } from "zod";
import { accountsEndpoints } from "./accounts.js";
import { messagesEndpoints } from "./messages.js";
import { roomsEndpoints } from "./rooms.js";
import { serverEndpoints } from "./server.js";

export const endpoints = { ...accountsEndpoints, ...roomsEndpoints, ...messagesEndpoints, ...serverEndpoints } as const;

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;

type InputOf<T> = T extends z.ZodType ? z.input<T> : never;
type OutputOf<T> = T extends z.ZodType ? z.output<T> : never;
type Get<E, K extends string> = E extends Record<K, infer V> ? V : undefined;

/** The query after parsing; undefined where the call takes none. */
export type Query<N extends EndpointName> = OutputOf<Get<Endpoints[N], "query">>;
/** The body after parsing; undefined where the call takes none. */
export type Body<N extends EndpointName> = OutputOf<Get<Endpoints[N], "body">>;
export type BodyInput<N extends EndpointName> = InputOf<Get<Endpoints[N], "body">>;
/** What a successful answer carries; undefined for 204. */
export type Answer<N extends EndpointName> = {
  [S in keyof Endpoints[N]["answers"]]: Endpoints[N]["answers"][S] extends z.ZodType
    ? z.infer<Endpoints[N]["answers"][S]>
    : undefined;
}[keyof Endpoints[N]["answers"]];
