import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { createServer, isIP, type Socket } from "node:net";
import { SocksClient, type SocksClientOptions } from "socks";
import { type ProxyRequest, readRequest, refusal } from "./proxy-request.ts";

/** An HTTP proxy in this process that reaches everything through a SOCKS proxy, as Bun's fetch speaks no SOCKS (runtime.md §3.6). */
export interface SocksBridge extends Disposable {
  /** For `fetch`; with a password, because everyone on this machine can reach the port. */
  readonly url: string;
}

const DIAL_MS = 10_000;

/** Listens on a loopback port of its own when it returns. `socks5h` leaves names to the proxy, `socks5` looks them up here. */
export function startSocksBridge(socksUrl: string): SocksBridge {
  const upstream = new URL(socksUrl);
  const password = randomBytes(18).toString("base64url");
  const isOurs = `Basic ${Buffer.from(`bridge:${password}`).toString("base64")}`;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    keep(client);
    void serve(client);
  });
  server.listen(0, "127.0.0.1");
  server.unref();
  const bound = server.address();

  function keep(socket: Socket): void {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
  }

  async function serve(client: Socket): Promise<void> {
    const request = await readRequest(client);
    if (request === undefined) return void client.destroy();
    if (request.authorization !== isOurs) return void client.end(refusal(407, "Proxy Authentication Required"));
    try {
      const remote = await dial(upstream, request);
      keep(remote);
      if (client.destroyed) remote.destroy();
      else join(client, remote, request);
    } catch (error) {
      client.end(refusal(502, `SOCKS: ${error instanceof Error ? error.message : "failed"}`));
    }
  }

  return {
    url: `http://bridge:${password}@127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`,
    [Symbol.dispose]() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function join(client: Socket, remote: Socket, { opening, toClient, rest }: ProxyRequest): void {
  client.on("close", () => remote.destroy());
  remote.on("close", () => client.end());
  client.write(toClient);
  remote.write(opening);
  remote.write(rest);
  client.pipe(remote);
  remote.pipe(client);
}

async function dial(upstream: URL, { host, port }: ProxyRequest): Promise<Socket> {
  const looksUp = upstream.protocol === "socks5:" && isIP(host) === 0;
  const proxy: SocksClientOptions["proxy"] = {
    host: upstream.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(upstream.port || 1080),
    type: 5,
    ...(upstream.username === "" ? {} : { userId: decodeURIComponent(upstream.username) }),
    ...(upstream.password === "" ? {} : { password: decodeURIComponent(upstream.password) }),
  };
  const destination = { host: looksUp ? (await lookup(host)).address : host, port };
  const { socket } = await SocksClient.createConnection({ command: "connect", proxy, destination, timeout: DIAL_MS });
  return socket;
}
