/** One REST request, once: its answer, or a ChatError. Tokens and repeats are `http.ts`'s. */
import { ChatError, ERRORS, isErrorCode, type ErrorCode, type FieldProblem } from "../../../src/protocol/errors.js";
import type { Answer, BodyInput } from "../../../src/protocol/endpoints/index.js";
import type { Surroundings } from "../options.js";
import { CALLS, type CallName } from "./calls.js";

const REQUEST_TIMEOUT_MS = 15_000;

export interface CallInput<N extends CallName> {
  /** fills the `:names` of the path */
  params?: Record<string, string | number>;
  query?: Record<string, string | number | undefined>;
  body?: BodyInput<N>;
  /** goes out as `Idempotency-Key` [L4]: for calls whose body has no clientId */
  clientId?: string;
}

export type Request = <N extends CallName>(name: N, input: CallInput<N>, token: string | null) => Promise<Answer<N>>;

function pathOf(name: CallName, params: Record<string, string | number>): string {
  return CALLS[name].path.replaceAll(/:([a-zA-Z]+)/g, (_whole, key: string) => encodeURIComponent(params[key] ?? ""));
}

function queryOf(query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  return given.length === 0 ? "" : `?${given.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&")}`;
}

/** `Retry-After` holds seconds or a date (RFC 9110). */
function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** What an answer means that is none of the server's own, for instance a proxy's. */
function codeByStatus(status: number): ErrorCode {
  if (status === 502 || status === 504) return "unavailable";
  const codes = Object.keys(ERRORS).filter(isErrorCode);
  return codes.find((code) => ERRORS[code].status === status) ?? (status >= 500 ? "unavailable" : "internal");
}

async function errorOf(response: Response, now: number): Promise<ChatError> {
  const problem = (await response.json().catch(() => null)) as {
    code?: unknown;
    detail?: unknown;
    fields?: FieldProblem[];
  } | null;
  const retryAfterMs = retryAfterOf(response.headers, now);
  const code = isErrorCode(problem?.code) ? problem.code : codeByStatus(response.status);
  const detail = typeof problem?.detail === "string" ? problem.detail : ERRORS[code].title;
  return new ChatError(code, detail, {
    ...(Array.isArray(problem?.fields) ? { fields: problem.fields } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

export function createRequest({
  url,
  fetch,
  now,
  timers,
}: Pick<Surroundings, "url" | "fetch" | "now" | "timers">): Request {
  return async function request<N extends CallName>(name: N, input: CallInput<N>, token: string | null) {
    const headers: Record<string, string> = { accept: "application/json" };
    if (token !== null) headers["authorization"] = `Bearer ${token}`;
    if (input.body !== undefined) headers["content-type"] = "application/json";
    if (input.clientId !== undefined) headers["idempotency-key"] = input.clientId;

    const abort = new AbortController();
    const cancel = timers.after(REQUEST_TIMEOUT_MS, () => abort.abort());
    try {
      const response = await fetch(`${url}/api/v1${pathOf(name, input.params ?? {})}${queryOf(input.query ?? {})}`, {
        method: CALLS[name].method,
        headers,
        credentials: "include",
        signal: abort.signal,
        ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      });
      if (!response.ok) throw await errorOf(response, now());
      // The server is ours: what it answers is of the contract's shape.
      return (response.status === 204 ? undefined : await response.json()) as Answer<N>;
    } catch (error) {
      if (error instanceof ChatError) throw error;
      throw new ChatError("unavailable", "The server did not answer.", { cause: error });
    } finally {
      cancel();
    }
  };
}
