/**
 * Both transports of Socket.IO, spoken by hand through whatever stands before the server: a client would hide what goes
 * wrong, by trying again and by falling back. A handshake without a token goes far enough: its refusal comes from Parlance.
 */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { ok, wrong, type Found } from "../finding.js";
import { call, DEADLINE_MS, NoAnswer, upgrade, type Answer } from "./request.js";

const PATH = "/socket.io/?EIO=4&transport=";
/** Engine.IO's "open"; Socket.IO's "connect" and its refusal, as messages of Engine.IO. */
const OPEN = /^0(\{.*\})/s;
const CONNECT = "40";
const REFUSED = "44";
const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Long polling: open, send, receive; three requests that have to reach the same server, and not be held back. */
export async function checkPolling(base: string, deadlineMs = DEADLINE_MS): Promise<Found> {
  const headers = { Origin: new URL(base).origin };
  try {
    const opened = await call(new URL(`${PATH}polling`, base), { headers, deadlineMs });
    const sid = sidOf(opened.text);
    if (opened.status !== 200 || sid === null) return refusedBy("Polling", base, opened);
    const url = new URL(`${PATH}polling&sid=${encodeURIComponent(sid)}`, base);
    const sent = await call(url, {
      method: "POST",
      headers: { ...headers, "Content-Type": "text/plain" },
      body: CONNECT,
      deadlineMs,
    });
    if (sent.status !== 200) return lostSession(base, sent);
    const received = await call(url, { headers, deadlineMs });
    if (received.status !== 200) return lostSession(base, received);
    if (received.text.startsWith(REFUSED)) return ok(`Polling works through ${base}.`);
    return wrong(
      `Polling through ${base} is answered by something else.`,
      "Let the proxy pass /socket.io/ to Parlance as it is.",
    );
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return noAnswer("Polling", base, error);
  }
}

/** WebSocket: the upgrade, and the first frame of the server. */
export async function checkWebSocket(base: string, deadlineMs = DEADLINE_MS): Promise<Found> {
  const key = randomBytes(16).toString("base64");
  const headers = { Origin: new URL(base).origin, "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13" };
  try {
    const { answer, socket, head } = await upgrade(new URL(`${PATH}websocket`, base), headers, deadlineMs);
    if (socket === null) return notUpgraded(base, answer);
    try {
      const accept = createHash("sha1")
        .update(key + WEBSOCKET_GUID)
        .digest("base64");
      const frame = await firstFrame(socket, head, deadlineMs);
      if (answer.headers["sec-websocket-accept"] === accept && OPEN.test(frame))
        return ok(`WebSocket works through ${base}.`);
      return wrong(
        `WebSocket through ${base} is answered by something else.`,
        "Let the proxy pass /socket.io/ to Parlance as it is.",
      );
    } finally {
      socket.destroy();
    }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return noAnswer("WebSocket", base, error);
  }
}

function sidOf(text: string): string | null {
  return /"sid":"([^"]+)"/.exec(OPEN.exec(text)?.[1] ?? "")?.[1] ?? null;
}

/** The text of a short frame: the server's first one is no longer than some 100 bytes. */
async function firstFrame(socket: NodeJS.ReadableStream, head: Buffer, deadlineMs: number): Promise<string> {
  let bytes = head;
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    while (bytes.length < 2 || bytes.length < 2 + ((bytes[1] ?? 0) & 127)) {
      const [chunk] = (await once(socket, "data", { signal })) as [Buffer];
      bytes = Buffer.concat([bytes, chunk]);
    }
  } catch {
    throw new NoAnswer("after the upgrade nothing comes through", true);
  }
  return bytes.subarray(2, 2 + ((bytes[1] ?? 0) & 127)).toString();
}

function refusedBy(transport: string, base: string, { status, text }: Answer): Found {
  const says = `${transport} through ${base} is refused`;
  if (status === 403)
    return wrong(
      `${says}: the server does not take ${base} for an allowed origin.`,
      "Start the server again with this PUBLIC_URL, or add the address to ALLOWED_ORIGINS; let the proxy pass Origin and Host on.",
    );
  if (status === 502 || status === 503 || status === 504)
    return wrong(
      `${says}: the proxy answers ${status}.`,
      "Start the server, and let the proxy lead to its HOST and PORT.",
    );
  if (status === 404 || /<html/i.test(text))
    return wrong(`${says}: the proxy answers ${status} itself.`, "Let the proxy pass /socket.io/ on, not only /api/.");
  return wrong(`${says} (${status}).`, "Look into the proxy's and the server's log.");
}

/** Engine.IO knows no session of that id: the requests of one client came to different servers. */
function lostSession(base: string, answer: Answer): Found {
  if (answer.status !== 400 || !answer.text.includes("Session ID unknown")) return refusedBy("Polling", base, answer);
  return wrong(
    `Polling through ${base} loses its session: the proxy leads the requests of one client to different servers.`,
    "Let the proxy lead to one server, or keep a client at one (sticky sessions, such as nginx's ip_hash).",
  );
}

function notUpgraded(base: string, answer: Answer): Found {
  if (answer.status !== 400 && answer.status !== 426 && answer.status !== 200)
    return refusedBy("WebSocket", base, answer);
  return wrong(
    `WebSocket through ${base} does not come to be: the proxy leaves out the headers Upgrade and Connection.`,
    'Pass them on; in nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";',
  );
}

function noAnswer(transport: string, base: string, { message, late }: NoAnswer): Found {
  return wrong(
    `${transport} through ${base}: ${message}.`,
    late
      ? "Let the proxy pass answers on as they come; in nginx: proxy_buffering off; and no timeout under 60 s."
      : "Check PUBLIC_URL, the name's DNS entry, and that the proxy runs.",
  );
}
