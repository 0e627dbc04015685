/** A reverse proxy that does one thing wrong. */
import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type Server,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";

export type Fault =
  "none" | "strips upgrade" | "knows only /api" | "holds back" | "changes servers" | "cuts" | "answers 502";

const servers: Server[] = [];
const sockets = new Set<Socket>();

afterAll(async () => {
  for (const server of servers.splice(0)) {
    const closed = once(server, "close");
    server.close();
    // Upgraded ones too, which the server itself has forgotten.
    for (const socket of sockets) socket.destroy();
    await closed;
  }
});

/**
 * Starts it on a free port.
 *
 * @param targets addresses of servers; with "changes servers" a request each in turn
 */
export async function startFaultyProxy(targets: readonly string[], fault: Fault): Promise<string> {
  let turn = 0;
  const optionsFor = ({ url = "/", method = "GET", headers }: IncomingMessage): RequestOptions => {
    // A client's first request and its second go to the first server, then to the others.
    const target = new URL(targets[fault === "changes servers" ? turn++ % targets.length : 0] ?? "");
    return { host: target.hostname, port: target.port, method, path: url, headers, agent: false };
  };

  const server = createServer((request, response) => {
    const isSocket = request.url?.startsWith("/socket.io/") ?? false;
    if (fault === "answers 502" || (fault === "knows only /api" && isSocket)) {
      response.writeHead(fault === "answers 502" ? 502 : 404, { "Content-Type": "text/html" }).end("<html></html>");
      return;
    }
    if (fault === "cuts" && isSocket) return void request.socket.destroy();
    if (fault === "holds back" && request.url?.includes("sid=")) return;
    const forwarded = httpRequest(optionsFor(request), (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    request.pipe(forwarded);
  });

  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    if (fault === "cuts") return void socket.destroy();
    const options = optionsFor(request);
    if (fault === "strips upgrade" || fault === "knows only /api" || fault === "answers 502") {
      if (fault !== "strips upgrade") return void socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
      const { upgrade: _upgrade, connection: _connection, ...headers } = request.headers;
      httpRequest({ ...options, headers }, (answer) => {
        socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nContent-Length: 0\r\n\r\n`);
        answer.resume();
      }).end();
      return;
    }
    const forwarded = httpRequest(options);
    forwarded.on("upgrade", (answer, target, first) => {
      const lines = answer.rawHeaders.flatMap((name, index, all) =>
        index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : [],
      );
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
      target.on("error", () => target.destroy());
      if (fault === "holds back") return void socket.on("close", () => target.destroy());
      socket.write(first);
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    forwarded.on("response", (answer) => {
      socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nContent-Length: 0\r\n\r\n`);
      answer.resume();
    });
    forwarded.on("error", () => socket.destroy());
    forwarded.end();
  });

  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
