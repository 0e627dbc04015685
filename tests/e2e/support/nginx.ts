/** A real nginx with the site file that is shipped, in front of the built product. Ports, name and certificate are filled in. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { startServerProcess, type ServerProcess } from "../../journeys/server-process.js";

const SITE = readFileSync(new URL("../../../deploy/nginx.conf", import.meta.url), "utf8");

/** Where Debian puts it is not on everybody's PATH. */
const FOLDERS = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];

/** The nginx that is installed; null when there is none. */
export function findNginx(): string | null {
  const isThere = (path: string) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return FOLDERS.map((folder) => join(folder, "nginx")).find(isThere) ?? null;
}

export interface Proxied {
  /** what people open */
  readonly url: string;
  /** where plain http is answered */
  readonly plainUrl: string;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  /** Ends everything and removes the data. */
  close(): Promise<void>;
}

export interface ProxyAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** an address of this machine to call from */
  from?: string;
}

/** One call over https, whoever signed the certificate. */
export async function ask(url: string, { method = "GET", headers = {}, body, from }: AskOptions = {}) {
  const asked = request(url, {
    method,
    headers,
    agent: false,
    rejectUnauthorized: false,
    ...(from !== undefined && { localAddress: from }),
  });
  const answered = once(asked, "response");
  asked.end(body);
  const [response] = (await answered) as [import("node:http").IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) } as ProxyAnswer;
}

async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer());
  await Promise.all(probes.map((probe) => once(probe.listen(0, "127.0.0.1"), "listening")));
  const ports = probes.map((probe) => (probe.address() as { port: number }).port);
  await Promise.all(probes.map((probe) => once(probe.close(), "close")));
  return ports;
}

/** Puts `values` in place of what stands in the shipped file; each must be there. */
function fillIn(site: string, values: readonly (readonly [shipped: string, value: string])[]): string {
  return values.reduce((text, [shipped, value]) => {
    if (!text.includes(shipped)) throw new Error(`deploy/nginx.conf does not say "${shipped}" any more.`);
    return text.replaceAll(shipped, value);
  }, site);
}

/** What the distribution's nginx.conf is in real life: it takes the site file in. */
const mainConfig = (dir: string) => `
${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
pid ${dir}/nginx.pid;
worker_processes 1;
events { worker_connections 256; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${dir}/${kind};`).join("\n  ")}
  include ${dir}/site.conf;
}
`;

async function startNginx(program: string, dir: string, probeUrl: string): Promise<() => Promise<void>> {
  const child = spawn(program, ["-e", "stderr", "-p", dir, "-c", join(dir, "nginx.conf")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const exited = once(child, "exit");
  let isOver = false;
  void exited.then(() => (isOver = true));
  for (;;) {
    if (isOver) throw new Error(`nginx did not start:\n${said}`);
    const answer = await ask(probeUrl).catch(() => null);
    if (answer?.status === 200) break;
  }
  return async () => {
    child.kill("SIGQUIT");
    child.kill("SIGTERM");
    await exited;
  };
}

/**
 * @param transport `polling`: as behind a proxy that does not know websockets, the headers that ask for one are taken away
 * @param settings of Parlance, beside those that the site file asks for
 */
export async function startBehindNginx(
  program: string,
  transport: "websocket" | "polling" = "websocket",
  settings: Record<string, string> = {},
): Promise<Proxied> {
  const dir = await mkdtemp(join(tmpdir(), "parlance-nginx-"));
  const dataDir = await mkdtemp(join(tmpdir(), "parlance-behind-"));
  const [port = 0, https = 0, http = 0] = await freePorts(3);
  const url = `https://localhost:${https}`;
  const [certificate, key] = [join(dir, "certificate.pem"), join(dir, "key.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const about = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  await promisify(execFile)("openssl", ["req", "-x509", ...kind, ...about, "-keyout", key, "-out", certificate]);
  const filledIn = fillIn(SITE, [
    ["  listen [::]:80;\n", ""],
    ["  listen [::]:443 ssl http2;\n", ""],
    ["listen 80;", `listen 127.0.0.1:${http};`],
    ["listen 443 ssl http2;", `listen 127.0.0.1:${https} ssl http2;`],
    ["/etc/letsencrypt/live/chat.example.org/fullchain.pem", certificate],
    ["/etc/letsencrypt/live/chat.example.org/privkey.pem", key],
    ["chat.example.org", "localhost"],
    ["127.0.0.1:3000;", `127.0.0.1:${port};`],
  ]);
  const withoutUpgrade: [string, string][] = [
    ["Upgrade           $http_upgrade", 'Upgrade ""'],
    ["Connection        $parlance_connection", 'Connection ""'],
  ];
  await writeFile(join(dir, "site.conf"), transport === "polling" ? fillIn(filledIn, withoutUpgrade) : filledIn);
  await writeFile(join(dir, "nginx.conf"), mainConfig(dir));

  const own = { PORT: String(port), DATA_DIR: dataDir, TRUST_PROXY: "1", PUBLIC_URL: url };
  let server: ServerProcess | null = null;
  const startServer = async () => {
    server ??= await startServerProcess({ ...own, ...settings }, "built");
  };
  const stopServer = async () => {
    const code = await server?.stop();
    server = null;
    if (code !== 0) throw new Error(`The server ended with ${code}.`);
  };
  await startServer();
  const stopNginx = await startNginx(program, dir, `${url}/healthz`);
  return {
    url,
    plainUrl: `http://localhost:${http}`,
    startServer,
    stopServer,
    async close() {
      await stopNginx();
      if (server !== null) await stopServer();
      await Promise.all([dir, dataDir].map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}
