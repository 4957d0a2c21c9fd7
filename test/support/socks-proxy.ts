import { connect, createServer, type Socket } from "node:net";

/** A SOCKS5 proxy on loopback (RFC 1928, RFC 1929) that forwards everything to one port of this machine. */
export interface SocksProxy extends Disposable {
  /** `127.0.0.1:port`, or `[::1]:port`. */
  readonly address: string;
  /** The requested targets, `host:port`, in order. */
  readonly asked: readonly string[];
}

export interface SocksProxyOptions {
  readonly leadsTo: number;
  /** The `name:password` that clients must send. */
  readonly login?: string;
  readonly host?: "127.0.0.1" | "::1";
}

const NO_LOGIN = 0;
const LOGIN = 2;
const NAME = 3;
const IPV4 = 1;

export function startSocksProxy({ leadsTo, login, host = "127.0.0.1" }: SocksProxyOptions): SocksProxy {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    const steps = [greet, ...(login === undefined ? [] : [checkLogin]), lead];
    client.on("data", function step(bytes: Buffer) {
      const next = steps.shift();
      if (steps.length === 0) client.off("data", step);
      next?.(client, bytes);
    });
  });

  function greet(client: Socket): void {
    client.write(Buffer.from([5, login === undefined ? NO_LOGIN : LOGIN]));
  }

  function checkLogin(client: Socket, bytes: Buffer): void {
    const nameLength = bytes[1] ?? 0;
    const name = bytes.subarray(2, 2 + nameLength).toString();
    const isRight = `${name}:${bytes.subarray(3 + nameLength).toString()}` === login;
    client.write(Buffer.from([1, isRight ? 0 : 1]));
    if (!isRight) client.end();
  }

  function lead(client: Socket, bytes: Buffer): void {
    const end = bytes.length - 2;
    const kind = bytes[3];
    const target =
      kind === NAME ? bytes.subarray(5, end).toString() : kind === IPV4 ? bytes.subarray(4, end).join(".") : "IPv6";
    asked.push(`${target}:${bytes.readUInt16BE(end)}`);
    const remote = connect(leadsTo, "127.0.0.1", () => {
      client.write(Buffer.from([5, 0, 0, IPV4, 127, 0, 0, 1, 0, 0]));
      client.pipe(remote);
      remote.pipe(client);
    });
    keep(remote);
    remote.on("error", () => client.end(Buffer.from([5, 5, 0, IPV4, 0, 0, 0, 0, 0, 0])));
    remote.on("close", () => client.end());
    client.on("close", () => remote.destroy());
  }

  server.listen(0, host);
  const bound = server.address();
  return {
    address: `${host === "::1" ? "[::1]" : host}:${typeof bound === "object" ? bound?.port : 0}`,
    asked,
    [Symbol.dispose]() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
