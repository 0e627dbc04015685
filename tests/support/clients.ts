/** Bare clients: REST by fetch, and users who register over it. Every answer is held against the contract. */
import { randomUUID } from "node:crypto";
import type { Me, MemberRole, RoomView } from "../../src/protocol/shapes.js";
import { checkAnswer } from "./contract.js";
import { connectSocket, type ConnectOptions, type TestSocket } from "./sockets.js";

export interface CallOptions {
  token?: string;
  cookie?: string;
  headers?: Record<string, string>;
  /** sent as JSON */
  body?: unknown;
  /** sent as it is */
  raw?: string;
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  /** undefined when there is none */
  body: T;
}

export interface SignedIn {
  user: Me;
  accessToken: string;
  expiresInMs: number;
}

/** What a refused call came to; `fields` are the paths that it names. */
export interface Refusal {
  status: number;
  code: string;
  fields?: string[];
}

export interface TestUser {
  id: string;
  username: string;
  password: string;
  token: string;
  sessionId: string;
  /** the refresh cookie, as it is sent back */
  cookie: string;
  call<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** Makes the call and expects it to be refused. */
  refusal(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Refusal>;
  connect(options?: ConnectOptions): Promise<TestSocket>;
  createRoom(kind?: "public" | "private", name?: string): Promise<RoomView>;
  /** Puts `guest` into a room of one's own. */
  invite(roomId: string, guest: { id: string }, role?: MemberRole): Promise<void>;
}

export interface Clients {
  /** `path` is below /api/v1 */
  call<T>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>;
  refusal(method: string, path: string, options?: CallOptions): Promise<Refusal>;
  registerUser(prefix?: string): Promise<TestUser>;
  /** Logs a user in once more: another session of theirs. */
  logIn(user: Pick<TestUser, "username" | "password">): Promise<TestUser>;
}

/** What stands in the path between name and value of the refresh cookie. */
export function cookieOf(headers: Headers): string {
  return headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
}

/** What an access token says of itself. */
export function claimsOf(token: string): { sub: string; sid: string; exp: number } {
  const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return JSON.parse(payload) as { sub: string; sid: string; exp: number };
}

function toRefusal({ status, body }: Answer<unknown>): Refusal {
  if (status < 400) throw new Error(`The call was not refused: ${status} ${JSON.stringify(body)}`);
  const { code, fields } = body as { code: string; fields?: { path: string }[] };
  return { status, code, ...(fields === undefined ? {} : { fields: fields.map(({ path }) => path) }) };
}

export function createClients({ url }: { url: string }): Clients {
  async function call<T>(
    method: string,
    path: string,
    { token, cookie, headers = {}, body, raw }: CallOptions = {},
  ): Promise<Answer<T>> {
    const payload = body === undefined ? raw : JSON.stringify(body);
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(cookie === undefined ? {} : { Cookie: cookie }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await response.text();
    const answer: unknown = text === "" ? undefined : JSON.parse(text);
    checkAnswer(method, path, response.status, response.headers, answer);
    return { status: response.status, headers: response.headers, body: answer as T };
  }

  function userOf({ headers, body: { user, accessToken } }: Answer<SignedIn>, password: string): TestUser {
    const own = (body: unknown, headers: Record<string, string> = {}) => ({
      token: accessToken,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return {
      id: user.id,
      username: user.username,
      password,
      token: accessToken,
      sessionId: claimsOf(accessToken).sid,
      cookie: cookieOf(headers),
      call: (method, path, body, more) => call(method, path, own(body, more)),
      refusal: async (method, path, body, more) => toRefusal(await call(method, path, own(body, more))),
      connect: (options) => connectSocket(url, accessToken, options),
      async createRoom(kind = "public", name = `Room ${randomUUID()}`) {
        return (await call<RoomView>("POST", "/rooms", own({ name, kind }))).body;
      },
      async invite(roomId, guest, role) {
        await call("PUT", `/rooms/${roomId}/members/${guest.id}`, own(role === undefined ? {} : { role }));
      },
    };
  }

  return {
    call,
    refusal: async (method, path, options) => toRefusal(await call(method, path, options)),
    async registerUser(prefix = "user") {
      const username = `${prefix}-${randomUUID().slice(0, 8)}`;
      const password = `pass ${randomUUID()}`;
      return userOf(await call<SignedIn>("POST", "/auth/register", { body: { username, password } }), password);
    },
    async logIn({ username, password }) {
      return userOf(await call<SignedIn>("POST", "/auth/login", { body: { username, password } }), password);
    },
  };
}
