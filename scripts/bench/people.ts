/** Who talks in a bench, and where: users, rooms and tokens made beforehand, over each server's own doors. */
import { randomBytes } from "node:crypto";
import jwt from "jsonwebtoken";
import type { Protocol } from "./load/clients.js";
import type { Server } from "./processes.js";

export interface Cast {
  /** one a user */
  tokens: string[];
  rooms: string[];
}

export interface CastSize {
  users: number;
  rooms: number;
  /** whether every user is in every room; else user n is in room n modulo `rooms` */
  everywhere?: boolean;
}

const AT_ONCE = 8;
const PASSWORD = "a fine long password";

/** Runs `work` for 0 to count - 1, some at once, and keeps the order of the results. */
async function each<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** People of the baselines exist by their token alone, and a room by its name. */
function castOfTutorial({ users, rooms }: CastSize): Cast {
  const run = randomBytes(3).toString("hex");
  return {
    tokens: Array.from({ length: users }, (_, index) => jwt.sign({ sub: `user${index}` }, "bench-secret")),
    rooms: Array.from({ length: rooms }, (_, index) => `${run}-${index}`),
  };
}

async function castOfParlance(server: Server, { users, rooms, everywhere = false }: CastSize): Promise<Cast> {
  async function call<T>(path: string, body: object, token?: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${server.port}/api/v1${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
  const run = randomBytes(3).toString("hex");
  const tokens = await each(users, async (index) => {
    const body = { username: `bench-${run}-${index}`, password: PASSWORD };
    return (await call<{ accessToken: string }>("/auth/register", body)).accessToken;
  });
  const roomIds = await each(rooms, async (index) => {
    const body = { name: `Bench ${run} ${index}`, kind: "public" };
    return (await call<{ room: { id: string } }>("/rooms", body, tokens[index])).room.id;
  });
  await each(users, async (index) => {
    const wanted = everywhere ? roomIds : [roomIds[index % rooms] as string];
    for (const roomId of wanted) {
      if (roomIds[index] !== roomId) await call(`/rooms/${roomId}/join`, {}, tokens[index]);
    }
  });
  return { tokens, rooms: roomIds };
}

export async function makeCast(protocol: Protocol, server: Server, size: CastSize): Promise<Cast> {
  return protocol === "parlance" ? await castOfParlance(server, size) : castOfTutorial(size);
}
