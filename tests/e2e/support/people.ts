/** People who call the server without a browser: they set a scene, and do what happens "meanwhile". */
import { randomUUID } from "node:crypto";
import type { MessageEntry } from "../../../src/protocol/entries.js";
import type { RoomView, User } from "../../../src/protocol/shapes.js";

export const PASSWORD = "correct horse battery staple";

let count = 0;
/** A name that no other test uses: all share one server. */
export const unique = (name: string) => `${name}-${(count += 1)}`;
/** "Ines Okafor" is ines-7. */
export const usernameFor = (displayName: string) => unique(displayName.toLowerCase().split(/[^a-z]/)[0] ?? "");

export interface Caller {
  readonly id: string;
  readonly username: string;
  /** Any call. @throws Error when it is not answered with success */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  createRoom(name: string, topic?: string): Promise<string>;
  /** Joins a public room. */
  join(roomId: string): Promise<void>;
  /** @returns the message's seq */
  say(roomId: string, text: string): Promise<number>;
}

async function request<T>(url: string, method: string, token: string | null, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** Registers somebody who needs no page. */
export async function registerCaller(server: string, name: string): Promise<Caller> {
  const username = usernameFor(name);
  const api = `${server}/api/v1`;
  const account = { username, displayName: name, password: PASSWORD };
  const { user, accessToken } = await request<{ user: User; accessToken: string }>(
    `${api}/auth/register`,
    "POST",
    null,
    account,
  );
  const call = <T>(method: string, path: string, body?: unknown) =>
    request<T>(`${api}${path}`, method, accessToken, body);
  return {
    id: user.id,
    username,
    call,
    async createRoom(roomName, topic = "") {
      const body = { name: roomName, kind: "public", ...(topic !== "" && { topic }) };
      return (await call<RoomView>("POST", "/rooms", body)).room.id;
    },
    join: (roomId) => call("POST", `/rooms/${roomId}/join`),
    async say(roomId, text) {
      const body = { clientId: randomUUID(), text };
      return (await call<MessageEntry>("POST", `/rooms/${roomId}/messages`, body)).seq;
    },
  };
}
