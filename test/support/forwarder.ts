import { connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** A port that leads to another port of this machine, until it is cut. */
export interface Forwarder extends Disposable {
  readonly port: number;
  /** Drops every connection and refuses new ones. */
  cut(): void;
  /** Drops every connection, and takes new ones. */
  resets(): void;
  /** Accepts connections and bytes but forwards nothing, in either direction, until `speaks`. */
  fallsSilent(): void;
  speaks(): void;
}

/** Listens on its own loopback port when it returns; with `tls` it accepts TLS and forwards the decrypted bytes. */
export function startForwarder({ leadsTo, tls }: { leadsTo: number; tls?: TlsOptions }): Forwarder {
  const open = new Set<Socket>();
  const pairs = new Set<readonly [Socket, Socket]>();
  let isSilent = false;
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
  };
  const lead = (client: Socket) => {
    const remote = connect(leadsTo, "127.0.0.1");
    for (const pair of [
      [client, remote],
      [remote, client],
    ] as const) {
      const [socket, other] = pair;
      keep(socket);
      pairs.add(pair);
      socket.on("close", () => {
        pairs.delete(pair);
        other.destroy();
      });
      if (!isSilent) socket.pipe(other);
    }
  };
  const server: Server = tls === undefined ? createServer(lead) : createTlsServer(tls, lead);
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  const bound = server.address();
  const resets = () => {
    for (const socket of open) socket.destroy();
  };
  const cut = () => {
    server.close();
    resets();
  };
  return {
    port: typeof bound === "object" ? (bound?.port ?? 0) : 0,
    cut,
    resets,
    fallsSilent() {
      isSilent = true;
      for (const [socket, other] of pairs) socket.unpipe(other);
    },
    speaks() {
      if (!isSilent) return;
      isSilent = false;
      for (const [socket, other] of pairs) socket.pipe(other);
    },
    [Symbol.dispose]: cut,
  };
}
