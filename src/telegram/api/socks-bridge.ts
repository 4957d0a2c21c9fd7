import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isIP, type Socket } from "node:net";
import { pipeline } from "node:stream";
import type { SocksClientOptions } from "socks";

/**
 * An HTTP proxy in this process that reaches everything through a SOCKS proxy, because Bun's fetch does not support SOCKS (runtime.md
 * §3.6).
 */
export interface SocksBridge extends Disposable {
  /** For `fetch`; with a password, because everyone on this machine can reach the port. */
  readonly url: string;
}

/** A connection to the target of a request; `problem` is one line of ASCII. */
type Dialled =
  | { readonly ok: true; readonly remote: Socket; readonly target: URL }
  | { readonly ok: false; readonly code: 400 | 407 | 502; readonly problem: string };

const DIAL_MS = 10_000;

/** When it returns, it listens on a loopback port of its own. `socks5h` leaves names to the proxy, `socks5` looks them up here. */
export function startSocksBridge(socksUrl: string): SocksBridge {
  const upstream = new URL(socksUrl);
  const password = randomBytes(18).toString("base64url");
  const isOurs = `Basic ${Buffer.from(`bridge:${password}`).toString("base64")}`;
  const open = new Set<Socket>();
  const server = createServer((request, response) => void forward(request, response));
  server.on("connect", (request, client: Socket, head: Buffer) => void tunnel(request, client, head));
  server.on("connection", keep);
  server.listen(0, "127.0.0.1");
  server.unref();
  const bound = server.address();

  function keep(socket: Socket): void {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
  }

  async function dialFor({ headers, socket }: IncomingMessage, url: string): Promise<Dialled> {
    if (headers["proxy-authorization"] !== isOurs) {
      return { ok: false, code: 407, problem: "Proxy Authentication Required" };
    }
    const target = URL.parse(url);
    if (target?.protocol !== "http:") return { ok: false, code: 400, problem: "Bad Request" };
    try {
      const remote = await dial(upstream, target);
      keep(remote);
      if (socket.destroyed) remote.destroy();
      return { ok: true, remote, target };
    } catch (error) {
      const words = error instanceof Error ? error.message.replace(/[^\x20-\x7e]+/g, " ") : "failed";
      return { ok: false, code: 502, problem: `SOCKS: ${words}` };
    }
  }

  /** `CONNECT host:port`. */
  async function tunnel(request: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
    const dialled = await dialFor(request, `http://${request.url}`);
    if (!dialled.ok) {
      client.end(`HTTP/1.1 ${dialled.code} ${dialled.problem}\r\nConnection: close\r\n\r\n`);
      return;
    }
    const { remote } = dialled;
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    remote.write(head);
    pipeline(client, remote, client, () => client.destroy());
  }

  /** `GET http://host/path` and the like. */
  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const dialled = await dialFor(request, request.url ?? "");
    if (!dialled.ok) return refuse(response, dialled.code, dialled.problem);
    const { remote, target } = dialled;
    response.on("close", () => remote.destroy());
    const { connection: _, "proxy-connection": __, "proxy-authorization": ___, ...headers } = request.headers;
    const path = target.pathname + target.search;
    const asked = ask({ method: request.method, path, headers, createConnection: () => remote });
    asked.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: "close" });
      pipeline(answer, response, () => {});
    });
    asked.on("error", (error) => refuse(response, 502, `SOCKS: ${error.message}`));
    request.pipe(asked);
  }

  return {
    url: `http://bridge:${password}@127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`,
    [Symbol.dispose]() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** The body has the Bot API's form, so that the problem ends up in the bot's messages. */
function refuse(response: ServerResponse, code: number, problem: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(code, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify({ ok: false, error_code: code, description: problem }));
}

async function dial(upstream: URL, target: URL): Promise<Socket> {
  const host = withoutBrackets(target.hostname);
  const looksUp = upstream.protocol === "socks5:" && isIP(host) === 0;
  const proxy: SocksClientOptions["proxy"] = {
    host: withoutBrackets(upstream.hostname),
    port: Number(upstream.port || 1080),
    type: 5,
    ...(upstream.username === "" ? {} : { userId: decodeURIComponent(upstream.username) }),
    ...(upstream.password === "" ? {} : { password: decodeURIComponent(upstream.password) }),
  };
  const destination = { host: looksUp ? (await lookup(host)).address : host, port: Number(target.port || 80) };
  // Hardly anybody has such a proxy.
  const { SocksClient } = await import("socks");
  const { socket } = await SocksClient.createConnection({ command: "connect", proxy, destination, timeout: DIAL_MS });
  return socket;
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
