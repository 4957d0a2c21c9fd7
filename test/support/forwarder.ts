import { connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** A port that leads to another port of this machine, until it is cut. */
export interface Forwarder extends Disposable {
  readonly port: number;
  /** Drops every connection and refuses new ones. */
  cut(): void;
}

/** Listens on a loopback port of its own when it returns; with `tls` it takes TLS and hands on what was in it. */
export function startForwarder({ leadsTo, tls }: { leadsTo: number; tls?: TlsOptions }): Forwarder {
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
  };
  const lead = (client: Socket) => {
    const remote = connect(leadsTo, "127.0.0.1");
    for (const [socket, other] of [
      [client, remote],
      [remote, client],
    ] as const) {
      keep(socket);
      socket.on("close", () => other.destroy());
      socket.pipe(other);
    }
  };
  const server: Server = tls === undefined ? createServer(lead) : createTlsServer(tls, lead);
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  const bound = server.address();
  const cut = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { port: typeof bound === "object" ? (bound?.port ?? 0) : 0, cut, [Symbol.dispose]: cut };
}
