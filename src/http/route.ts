/** What a call of the REST table receives and answers: the types between the edge and the domains. */
import type { Request, Response } from "express";
import type { z } from "zod";
import type { ParamNames } from "../protocol/endpoints/endpoint.js";
import type { Body, EndpointName, Endpoints, Query } from "../protocol/endpoints/index.js";

/** Who calls: a user, through one of their sessions. */
export interface Caller {
  userId: string;
  sessionId: string;
}

type CallerOf<N extends EndpointName> = Endpoints[N]["access"] extends "token" ? Caller : Caller | null;

/** One request, parsed: nothing in it but `request` itself is as the client sent it. */
export interface Call<N extends EndpointName> {
  /** null where nobody need be logged in and nobody is */
  caller: CallerOf<N>;
  /** from the path; opaque ids, so any text */
  params: Record<ParamNames<Endpoints[N]>, string>;
  query: Query<N>;
  body: Body<N>;
  /** lower-cased; null when the client gave none [L4] */
  clientId: string | null;
  request: Request;
  response: Response;
}

type ReplyOf<A> = {
  [S in keyof A]: A[S] extends z.ZodType ? { status: S; body: z.infer<A[S]> } : { status: S; body?: undefined };
}[keyof A];

/** A status of that call, with the body that the contract gives it. */
export type Reply<N extends EndpointName> = ReplyOf<Endpoints[N]["answers"]>;

/** Carries a call out. A `ChatError` it throws is shown to the caller. */
export type Handler<N extends EndpointName> = (call: Call<N>) => Promise<Reply<N>>;

export type Handlers = { [N in EndpointName]: Handler<N> };
