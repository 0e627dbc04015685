/** A server for unit tests: it answers what the test sets, records what it was asked, and pushes when told to. */
import type { SyncAnswer } from "../../../src/protocol/events.js";
import type { PushData, ServerEvent } from "../../../src/protocol/events.js";
import type { HandshakeRefusal, SocketHandlers } from "../connection/socket.js";
import type { Fetch, Surroundings } from "../options.js";
import { sampleMe } from "./samples.js";

export interface FakeRequest {
  method: string;
  /** below /api/v1, with its query */
  path: string;
  body: unknown;
  headers: Headers;
}

/** What a REST call is answered: a body, a problem, or no answer at all. */
export type FakeAnswer =
  | { status: 200 | 201 | 204; body?: unknown }
  | { status: number; code: string; retryAfter?: string; fields?: { path: string; message: string }[] }
  | "silence";

type Emitted = { event: string; payload: Record<string, unknown>; ack: (answer: unknown) => void };

export const EMPTY_SYNC: SyncAnswer = { historyId: "one", rooms: [], left: [] };
export const TOKEN_LIFE_MS = 900_000;

export type FakeServer = ReturnType<typeof createFakeServer>;

export function createFakeServer() {
  const requests: FakeRequest[] = [];
  const answers = new Map<string, (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>>();
  const sockets: FakeSocket[] = [];
  /** Events that no rule answers wait here for the test. */
  const unanswered: Emitted[] = [];
  const syncs: Record<string, number>[] = [];
  let sync: (heads: Record<string, number>) => SyncAnswer | { code: string; retryAfterMs?: number } | null = () =>
    EMPTY_SYNC;
  let handshake: (token: string) => "accept" | "silence" | HandshakeRefusal | null = () => "accept";
  let tokens = 0;

  interface FakeSocket {
    token: string;
    isOpen: boolean;
    handlers: SocketHandlers;
  }

  const signedIn = (id: string): FakeAnswer => ({
    status: 200,
    body: { user: sampleMe(id), accessToken: `token-${(tokens += 1)}`, expiresInMs: TOKEN_LIFE_MS },
  });

  const fetchFake: Fetch = async (url, init) => {
    const path = url.replace("http://fake/api/v1", "");
    const headers = new Headers(init.headers);
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const request = { method: init.method ?? "GET", path, body, headers };
    requests.push(request);
    const rule = answers.get(`${request.method} ${path}`) ?? answers.get(`${request.method} ${path.split("?")[0]}`);
    const answer = (await rule?.(request)) ?? { status: 404, code: "not_found" };
    if (answer === "silence") throw new TypeError("fetch failed");
    if ("code" in answer) {
      const { status, code, retryAfter, fields } = answer;
      return new Response(JSON.stringify({ code, detail: `It says ${code}.`, fields }), {
        status,
        headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
      });
    }
    return new Response(answer.status === 204 ? null : JSON.stringify(answer.body), { status: answer.status });
  };

  function answerEvent(emitted: Emitted): void {
    if (emitted.event === "sync") {
      const heads = emitted.payload["heads"] as Record<string, number>;
      syncs.push(heads);
      const answer = sync(heads);
      if (answer === null) unanswered.push(emitted);
      else if ("code" in answer) emitted.ack({ ok: false, error: { detail: "", ...answer } });
      else emitted.ack({ ok: true, data: answer });
    } else if (emitted.event === "session:renew") {
      renewals.push(String(emitted.payload["token"]));
      emitted.ack({ ok: true, data: { expiresAt: "2026-11-21T05:30:27.123Z" } });
    } else unanswered.push(emitted);
  }

  const renewals: string[] = [];
  const connect: Surroundings["connect"] = (_url, token, handlers) => {
    const socket: FakeSocket = { token, isOpen: true, handlers };
    sockets.push(socket);
    queueMicrotask(() => {
      const outcome = handshake(token);
      if (!socket.isOpen || outcome === "silence") return;
      if (outcome === "accept") handlers.connected();
      else handlers.refused(outcome);
    });
    return {
      emit(event, payload, ack) {
        const answer = (data: unknown) => socket.isOpen && ack(data);
        queueMicrotask(() => answerEvent({ event, payload: payload as Record<string, unknown>, ack: answer }));
      },
      close: () => void (socket.isOpen = false),
    };
  };

  const socket = () => {
    const last = sockets.at(-1);
    if (last === undefined || !last.isOpen) throw new Error("There is no open socket.");
    return last;
  };

  answers.set("GET /server", () => ({ status: 200, body: { name: "Fake", historyId: "one" } }));
  answers.set("GET /rooms", () => ({ status: 200, body: { rooms: [] } }));
  answers.set("POST /auth/login", () => signedIn("ada"));
  answers.set("POST /auth/refresh", () => signedIn("ada"));
  answers.set("POST /auth/logout", () => ({ status: 204 }));
  answers.set("GET /users", () => ({ status: 200, body: { users: [] } }));

  return {
    fetch: fetchFake,
    connect,
    signedIn,
    requests,
    syncs,
    renewals,
    sockets,
    /** How often a call was made. */
    count: (call: string) => requests.filter(({ method, path }) => `${method} ${path.split("?")[0]}` === call).length,
    /** Sets the answer of `METHOD /path`. */
    on(call: string, answer: FakeAnswer | ((request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>)): void {
      answers.set(call, typeof answer === "function" ? answer : () => answer);
    },
    onSync: (answer: typeof sync) => void (sync = answer),
    onHandshake: (answer: typeof handshake) => void (handshake = answer),
    push: <E extends ServerEvent>(event: E, data: PushData<E>) => socket().handlers.push(event, data),
    drop: () => {
      const lost = socket();
      lost.handlers.disconnected();
    },
    /** The messages that were sent and not yet answered, oldest first. */
    sent: () => unanswered.filter(({ event }) => event === "message:send").map(({ payload }) => payload),
    /** Answers the oldest message that was sent and not yet answered. */
    answerSend(answer: unknown): void {
      const index = unanswered.findIndex(({ event }) => event === "message:send");
      const [emitted] = index === -1 ? [] : unanswered.splice(index, 1);
      if (emitted === undefined) throw new Error("Nothing was sent.");
      emitted.ack(answer);
    },
    /** Lets what was sent and not answered be lost. */
    forgetSent: () => void unanswered.splice(0),
  };
}
