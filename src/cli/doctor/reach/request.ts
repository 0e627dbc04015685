/** One request to an address that may lead through anything: with a deadline, and every failure told in words. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { codeOf, reasonOf } from "../../../infra/error-facts.js";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Why there was no answer, in words that follow "…: ". */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  /** whether it was only too slow */
  readonly late: boolean;

  constructor(message: string, late = false) {
    super(message);
    this.late = late;
  }
}

export const DEADLINE_MS = 8_000;
const TEXT_MAX = 64 * 1024;

interface Options {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  deadlineMs?: number;
}

/** @throws NoAnswer */
export async function call(url: URL, options: Options = {}): Promise<Answer> {
  return await perform(url, options, (response, _socket, resolve) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      text += text.length < TEXT_MAX ? chunk : "";
    });
    response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
  });
}

/** What an upgrade was answered with; with 101 the socket is the caller's to end. @throws NoAnswer */
export async function upgrade(url: URL, headers: Record<string, string>, deadlineMs: number) {
  return await perform<{ answer: Answer; socket: Duplex | null; head: Buffer }>(
    url,
    { headers: { Connection: "Upgrade", Upgrade: "websocket", ...headers }, deadlineMs },
    (response, upgraded, resolve) => {
      const answer = { status: response.statusCode ?? 0, headers: response.headers, text: "" };
      if (upgraded === null) response.resume();
      resolve({ answer, socket: upgraded?.socket ?? null, head: upgraded?.head ?? Buffer.alloc(0) });
    },
  );
}

type Upgraded = { socket: Duplex; head: Buffer };

function perform<T>(
  url: URL,
  { method = "GET", headers = {}, body, deadlineMs = DEADLINE_MS }: Options,
  onResponse: (response: IncomingMessage, upgraded: Upgraded | null, resolve: (value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = start(url, { method, headers, agent: false });
    const timer = setTimeout(
      () => request.destroy(new NoAnswer(`no answer within ${deadlineMs / 1000} s`, true)),
      deadlineMs,
    );
    const fail = (error: unknown) => {
      clearTimeout(timer);
      reject(error instanceof NoAnswer ? error : new NoAnswer(inWords(error)));
    };
    const settle = (value: T) => {
      clearTimeout(timer);
      resolve(value);
    };
    request.once("error", fail);
    request.once("response", (response) => {
      response.once("error", fail);
      response.once("aborted", () => fail(new Error("the connection was cut")));
      onResponse(response, null, settle);
    });
    request.once("upgrade", (response, socket, head) => onResponse(response, { socket, head }, settle));
    request.end(body);
  });
}

function inWords(error: unknown): string {
  const code = String(codeOf(error));
  if (code === "ECONNREFUSED") return "nothing listens there";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the host name is not known";
  if (code === "ECONNRESET") return "the connection was cut";
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code))
    return `its certificate is not accepted (${reasonOf(error)})`;
  return reasonOf(error);
}
