/**
 * Client events: parse, act, ack [D5]. Nothing that a client sends throws past here, and whatever has no ack is ignored.
 */
import { ChatError, type ErrorCode } from "../protocol/errors.js";
import {
  clientEvents,
  type Ack,
  type AckData,
  type AckError,
  type ClientEvent,
  type Payload,
} from "../protocol/events.js";
import { parse } from "../protocol/parse.js";
import type { Connection } from "./connections.js";

export type EventHandler<E extends ClientEvent> = (payload: Payload<E>, connection: Connection) => Promise<AckData<E>>;
export type EventHandlers = { [E in ClientEvent]: EventHandler<E> };

export interface EventLimits {
  /** @returns 0, or the milliseconds to wait; notes what is beyond the limit, and ends the socket when it goes on */
  take(): number;
  /** notes a request that could not be understood */
  invalid(): void;
}

interface EventDeps {
  handlers: EventHandlers;
  toError(error: unknown): ChatError;
  /** a fault of ours, which somebody must look at */
  onFault(error: unknown, event: string, connection: Connection): void;
  /** a request that is being answered; it never rejects */
  onServing(answered: Promise<void>): void;
}

/** Requests of one socket that are not answered yet [G9]. */
const IN_FLIGHT_MAX = 64;
const IN_FLIGHT_RETRY_MS = 500;

const isClientEvent = (event: string): event is ClientEvent => Object.hasOwn(clientEvents, event);

/** What a client is told of an error. */
export function toAckError(error: ChatError): AckError {
  return {
    code: error.code,
    detail: error.message,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.fields === undefined ? {} : { fields: error.fields }),
  };
}

const INVALID: readonly ErrorCode[] = ["invalid_request", "payload_too_large"];

/** Serves a connection's events until it closes. */
export function serveEvents(connection: Connection, limits: EventLimits, deps: EventDeps): void {
  let inFlight = 0;

  function act<E extends ClientEvent>(event: E, payload: unknown): Promise<AckData<E>> {
    // No await before the handler: what it queues keeps the order in which it was sent [G6].
    return deps.handlers[event](parse(clientEvents[event].payload, payload) as Payload<E>, connection);
  }

  function answer(event: string, args: readonly unknown[]): Promise<unknown> {
    const waitMs = limits.take();
    if (waitMs > 0) {
      throw new ChatError("rate_limited", "Too many events from this connection.", { retryAfterMs: waitMs });
    }
    if (inFlight >= IN_FLIGHT_MAX) {
      throw new ChatError(
        "unavailable",
        `More than ${IN_FLIGHT_MAX} requests of this connection wait for their answers.`,
        {
          retryAfterMs: IN_FLIGHT_RETRY_MS,
        },
      );
    }
    if (!isClientEvent(event)) throw new ChatError("invalid_request", "There is no such event.");
    if (args.length !== 1) throw new ChatError("invalid_request", "An event takes one object and an ack.");
    return act(event, args[0]);
  }

  async function serve(event: string, args: readonly unknown[]): Promise<Ack<unknown>> {
    try {
      const answered = answer(event, args);
      inFlight += 1;
      try {
        return { ok: true, data: await answered };
      } finally {
        inFlight -= 1;
      }
    } catch (caught) {
      const error = deps.toError(caught);
      if (error.code === "internal") deps.onFault(caught, event, connection);
      if (INVALID.includes(error.code)) limits.invalid();
      return { ok: false, error: toAckError(error) };
    }
  }

  connection.socket.onAny((event: string, ...args: unknown[]) => {
    const ack = args.pop();
    if (typeof ack !== "function") {
      limits.take();
      return;
    }
    // `serve` never rejects, and an ack on a closed socket does nothing.
    deps.onServing(serve(event, args).then((result) => (ack as (result: Ack<unknown>) => void)(result)));
  });
}
