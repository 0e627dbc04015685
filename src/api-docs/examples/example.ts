/** The form of a call's examples: the table of calls decides what there must be, so a missing one does not compile. */
import type { z } from "zod";
import type { BodyInput, EndpointName, Endpoints } from "../../protocol/endpoints/index.js";

type WithBody<A> = {
  [S in keyof A as A[S] extends z.ZodType ? S : never]: A[S] extends z.ZodType ? z.input<A[S]> : never;
};

/** A body by what it shows; the first one is what "try it" begins with. */
type Bodies<N extends EndpointName> = Endpoints[N] extends { body: z.ZodType }
  ? { bodies: Record<string, BodyInput<N>> }
  : { bodies?: never };

export type EndpointExamples<N extends EndpointName> = Bodies<N> & { answers: WithBody<Endpoints[N]["answers"]> };
export type ExamplesOf<N extends EndpointName> = { [K in N]: EndpointExamples<K> };
