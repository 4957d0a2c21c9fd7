import { createServer, type Socket } from "node:net";
import { connectGuarded, type Guard } from "./guard.ts";
import { spellFailure } from "./guard-words.ts";
import { connectionFailure } from "./http-request.ts";

/** A proxy on loopback that does not connect to addresses that the guard forbids. */
export interface GuardingProxy extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  readonly url: string;
}

const LONGEST_HEAD = 64 * 1024;
const END_OF_HEAD = "\r\n\r\n";

/**
 * Everything that fetches goes through it, including other people's programs: with redirects, playlists and names that lead elsewhere the
 * second time, only whoever connects knows where to. Understands CONNECT and plain requests, one on each connection.
 */
export async function startGuardingProxy(guard: Guard): Promise<GuardingProxy> {
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
  };

  async function serve(client: Socket): Promise<void> {
    keep(client);
    const asked = await headOf(client);
    const target = asked && targetOf(asked.head);
    if (asked === undefined || target === undefined) return void client.end(answer("400 Bad Request"));
    try {
      const remote = await connectGuarded(guard, target);
      keep(remote);
      // If the client has gone meanwhile, there is nothing left to close.
      if (client.destroyed) return void remote.destroy();
      client.on("close", () => remote.destroy());
      remote.on("close", () => client.end());
      if (target.request === undefined) client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      else remote.write(target.request, "latin1");
      if (asked.rest.length > 0) remote.write(asked.rest);
      client.pipe(remote);
      remote.pipe(client);
    } catch (error) {
      const failure = connectionFailure(error, target.host);
      const status = failure.kind === "forbidden" ? 403 : 502;
      client.end(answer(`${status} ${spellFailure(failure, target.host)}`));
    }
  }

  const server = createServer((client) => void serve(client));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

const answer = (status: string) => `HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;

/** The first head of a connection, and what came after it; undefined if there is none. */
function headOf(client: Socket): Promise<{ readonly head: string; readonly rest: Buffer } | undefined> {
  const { promise, resolve } = Promise.withResolvers<{ head: string; rest: Buffer } | undefined>();
  let seen = Buffer.alloc(0);
  const take = (bytes: Buffer) => {
    seen = Buffer.concat([seen, bytes]);
    const end = seen.indexOf(END_OF_HEAD);
    if (end < 0 && seen.length < LONGEST_HEAD) return;
    client.off("data", take);
    client.pause();
    const body = end + END_OF_HEAD.length;
    resolve(end < 0 ? undefined : { head: seen.toString("latin1", 0, end), rest: seen.subarray(body) });
  };
  client.on("data", take);
  client.once("close", () => resolve(undefined));
  return promise;
}

/** Where a request is to go and, if it is a plain one, in which form; undefined if it is not one for a proxy. */
function targetOf(head: string) {
  const [line = "", ...headers] = head.split("\r\n");
  const [, method = "", target = ""] = /^(\S+) (\S+) HTTP\/1\.\d$/.exec(line) ?? [];
  const url = URL.parse(method === "CONNECT" ? `https://${target}` : target);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  const host = url.hostname;
  if (method === "CONNECT") return { host, port: Number(url.port || 443) };
  const kept = headers.filter((header) => !/^(proxy-[^:]*|connection):/i.test(header));
  const request = [`${method} ${url.pathname}${url.search} HTTP/1.1`, ...kept, "Connection: close"].join("\r\n");
  return { host, port: Number(url.port || 80), request: request + END_OF_HEAD };
}
