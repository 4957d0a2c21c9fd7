import { Server, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import type { ServerTls } from "../../../src/domain/tls.ts";
import { serverCredentials } from "../../../src/grpc/tls.ts";
import type { Failure } from "./mode.ts";
import { serviceOf } from "./wire.ts";

/** One call that the downloader got. */
export interface DownloaderCall {
  readonly method: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly peer: string;
}

/** A method of the contract: answers with the reply, or rejects with a `Failure`. */
export type Method = (request: Record<string, unknown>) => Promise<object>;

/** The gRPC side of a downloader, which can be closed and opened again. */
export interface DownloaderServer {
  /** The port of the latest `opens`. */
  readonly port: number;
  /** Drops every connection and refuses new ones. */
  closes(): void;
  /** Listens, by default on the same port again; rejects when it is taken. */
  opens(port?: number): Promise<void>;
}

interface Parts {
  readonly host: string;
  readonly port: number;
  readonly methods: Readonly<Record<string, Method>>;
  readonly onCall: (call: DownloaderCall) => void;
  /** As grpcio's `maximum_concurrent_rpcs`: more calls at a time are turned away, and the program does not learn of them. */
  readonly mostCalls?: number | undefined;
  readonly tls?: ServerTls | undefined;
}

const TURNED_AWAY: Failure = { code: status.RESOURCE_EXHAUSTED, details: "Concurrent RPC limit exceeded!" };

/** A server that is not open yet. */
export function createDownloaderServer(parts: Parts): DownloaderServer {
  const { host, port: firstPort, methods, onCall, mostCalls = Number.POSITIVE_INFINITY, tls } = parts;
  const service = serviceOf("downloader.proto", "grpc.v1.Downloader");
  const handlers = Object.fromEntries(Object.entries(methods).map(([name, answer]) => [name, serve(name, answer)]));
  let server = new Server();
  let port = firstPort;
  let calls = 0;

  function serve(method: string, answer: Method) {
    return (call: ServerUnaryCall<Record<string, unknown>, object>, done: sendUnaryData<object>) => {
      if (calls >= mostCalls) return done(TURNED_AWAY);
      calls += 1;
      onCall({ method, request: call.request, metadata: call.metadata.getMap(), peer: call.getPeer() });
      answer(call.request)
        .finally(() => {
          calls -= 1;
        })
        .then(
          (reply) => done(null, reply),
          (failure: Failure) => done(failure),
        );
    };
  }

  return {
    get port() {
      return port;
    },
    closes: () => server.forceShutdown(),
    async opens(onPort = port) {
      server = new Server();
      server.addService(service, handlers);
      port = await new Promise<number>((resolve, reject) => {
        server.bindAsync(`${host}:${onPort}`, serverCredentials(tls), (error, bound) =>
          error === null ? resolve(bound) : reject(error),
        );
      });
    },
  };
}
