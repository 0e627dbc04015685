/** People at the HTTP edge: registering and logging in, as the tests of accounts do it all the time. */
import type { Me } from "../../src/protocol/shapes.js";
import type { CallAnswer, Edge } from "./edge.js";

export const password = "correct horse battery";

export interface SignedInBody {
  user: Me;
  accessToken: string;
  expiresInMs: number;
}

export const signedIn = (answer: CallAnswer) => answer.body as SignedInBody;

/** Asks for an account with whatever body. */
export const tryRegister = (edge: Edge, body: unknown) => edge.call("POST", "/api/v1/auth/register", { body });

export const login = (edge: Edge, username: string, word = password) =>
  edge.call("POST", "/api/v1/auth/login", { body: { username, password: word } });

/** A new account, and its first session. */
export async function register(edge: Edge, username: string, more: object = {}): Promise<SignedInBody> {
  const answer = await tryRegister(edge, { username, password, ...more });
  if (answer.status !== 201) throw new Error(`${username} could not register: ${answer.text}`);
  return signedIn(answer);
}
