/** /api/v1: each call of the contract's table goes through the same steps, in this one order. */
import compression from "compression";
import { Router, type Request, type Response } from "express";
import type { z } from "zod";
import type { EndpointShape } from "../protocol/endpoints/endpoint.js";
import { endpoints, type EndpointName } from "../protocol/endpoints/index.js";
import { ChatError } from "../protocol/errors.js";
import { parse } from "../protocol/parse.js";
import { identify, type Authenticate } from "./authenticate.js";
import { readClientId, readJson } from "./body.js";
import { UNAVAILABLE_RETRY_MS } from "./errors.js";
import { noteOf } from "./notes.js";
import { addressKey, type RateLimits } from "./rate-limits.js";
import type { Call, Caller, Handlers, Reply } from "./route.js";

export interface ApiDeps {
  handlers: Handlers;
  limits: RateLimits;
  authenticate: Authenticate;
  /** the session of the refresh cookie, as far as the cookie is genuine; needs no database */
  cookieSession: (request: Request) => string | null;
  isOriginAllowed: (request: Request) => boolean;
  isAvailable: () => boolean;
}

type Access = EndpointShape["access"];

const NOTHING = "Is not a field of this request.";

/** Parses against the schema; a call without one takes no field at all. */
function parseFields<S extends z.ZodType>(schema: S | undefined, value: unknown): unknown {
  if (schema !== undefined) return parse(schema, value);
  const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : null;
  if (keys !== null && keys.length === 0) return undefined;
  throw new ChatError("invalid_request", "This call takes no such fields.", {
    fields: (keys ?? [""]).slice(0, 20).map((path) => ({ path, message: NOTHING })),
  });
}

/** The router that serves every call of the table. */
export function createApi(deps: ApiDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  // Answers that carry tokens are left as they are: their length must not depend on what they hold.
  router.use(compression({ filter: (request, response) => !isAuth(request) && compression.filter(request, response) }));

  for (const name of Object.keys(endpoints) as EndpointName[]) register(router, name, deps);
  for (const [path, methods] of methodsByPath()) {
    router.options(path, (_request, response) => {
      response.set("Allow", methods.join(", ")).sendStatus(204);
    });
  }
  router.use(async (request, response) => {
    await deps.limits.requests(request, response, `address:${addressKey(request)}`);
    throw new ChatError("not_found", "There is no such call.");
  });
  return router;
}

const isAuth = (request: { url?: string | undefined; originalUrl?: string }) =>
  (request.originalUrl ?? request.url ?? "").startsWith("/api/v1/auth/");

function methodsByPath(): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of Object.values(endpoints)) {
    const more = method === "GET" ? ["GET", "HEAD"] : [method];
    methods.set(path, [...(methods.get(path) ?? ["OPTIONS"]), ...more]);
  }
  return methods;
}

function register<N extends EndpointName>(router: Router, name: N, deps: ApiDeps): void {
  const endpoint: EndpointShape = endpoints[name];
  const handle = deps.handlers[name];
  const method = endpoint.method.toLowerCase() as "get" | "post" | "put" | "patch" | "delete";

  router[method](endpoint.path, async (request, response) => {
    noteOf(request).route = `/api/v1${endpoint.path}`;
    // Before anything else: while the database is away nobody may be told that they are logged out [L7].
    if (name !== "getServer" && !deps.isAvailable()) {
      throw new ChatError("unavailable", "The database is not available right now.", {
        retryAfterMs: UNAVAILABLE_RETRY_MS,
      });
    }
    requireOwnOrigin(endpoint.access, request, deps);
    const caller = await admit(name, endpoint.access, request, response, deps);
    const fields = await readJson(request, response);
    const body = parseFields(endpoint.body, fields ?? {});
    const query = parseFields(endpoint.query, { ...request.query });
    const clientId = endpoint.method === "GET" ? null : readClientId(request, body);
    await limitByAccount(name, request, response, body, caller, deps);

    // What `Call<N>` says was just established from the same table that its type comes from.
    const call = { caller, params: request.params, query, body, clientId, request, response } as unknown as Call<N>;
    send(response, await handle(call));
  });
}

function send<N extends EndpointName>(response: Response, reply: Reply<N>): void {
  response.status(Number(reply.status));
  if (reply.body === undefined) response.end();
  else response.json(reply.body);
}

/** A browser sends the cookie by itself, so its calls are taken from our own pages only. */
function requireOwnOrigin(access: Access, request: Request, deps: ApiDeps): void {
  if ((access === "cookie" || access === "either") && !deps.isOriginAllowed(request)) {
    throw new ChatError("forbidden", "This call is not taken from that origin.");
  }
}

/** Who calls, counted against their limit. A refused token counts against the address it came from. */
async function admit(
  name: EndpointName,
  access: Access,
  request: Request,
  response: Response,
  deps: ApiDeps,
): Promise<Caller | null> {
  const { limits } = deps;
  if (name === "register" || name === "login") {
    await limits.authByAddress(request, response, addressKey(request));
    return null;
  }
  const session = access === "token" ? null : deps.cookieSession(request);
  const { caller, refusal } = await identify(request, access, deps.authenticate, session !== null);
  if (caller !== null) noteOf(request).userId = caller.userId;
  if (name === "refresh" && session !== null) await limits.refresh(request, response, session);
  else {
    const key = caller === null ? `address:${addressKey(request)}` : `user:${caller.userId}`;
    await limits.requests(request, response, key);
  }
  if (refusal !== null) throw refusal;
  return caller;
}

/** Guessing one account's password from many addresses is slow, too. */
async function limitByAccount(
  name: EndpointName,
  request: Request,
  response: Response,
  body: unknown,
  caller: Caller | null,
  { limits }: ApiDeps,
): Promise<void> {
  if (name === "register" || name === "login") {
    const { username } = body as { username: string };
    await limits.authByAccount(request, response, `name:${username.toLowerCase()}`);
  }
  if (name === "changePassword" && caller !== null) {
    await limits.authByAccount(request, response, `user:${caller.userId}`);
  }
}
