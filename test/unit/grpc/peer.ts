import {
  type handleUnaryCall,
  Metadata,
  Server,
  type ServiceError,
  type status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Target } from "../../../src/domain/downloader.ts";
import type { ServerTls } from "../../../src/domain/tls.ts";
import { loadServices } from "../../../src/grpc/proto.ts";
import { serverCredentials } from "../../../src/grpc/tls.ts";

export type Handler = handleUnaryCall<Record<string, unknown>, object>;

export interface Peer extends Disposable {
  readonly target: Target;
  /** The peers of the calls that came, one per call: equal ones came over one connection. */
  readonly connections: string[];
  kill(): void;
}

/** A downloader on 127.0.0.1 with these methods; the others are UNIMPLEMENTED. */
export async function startPeer(
  handlers: Record<string, Handler>,
  { name = "nas", port = 0, tls }: { name?: string; port?: number; tls?: ServerTls } = {},
): Promise<Peer> {
  const server = new Server({ "grpc.max_send_message_length": -1 });
  const connections: string[] = [];
  const recording: UntypedServiceImplementation = {};
  for (const [method, handle] of Object.entries(handlers)) {
    recording[method] = ((call, callback) => {
      connections.push(call.getPeer());
      handle(call, callback);
    }) satisfies Handler as UntypedServiceImplementation[string];
  }
  server.addService(loadServices().downloader, recording);
  const bound = Promise.withResolvers<number>();
  server.bindAsync(`127.0.0.1:${port}`, serverCredentials(tls), (error, boundPort) =>
    error === null ? bound.resolve(boundPort) : bound.reject(error),
  );
  const kill = () => server.forceShutdown();
  return {
    target: { name, host: "127.0.0.1", port: await bound.promise },
    connections,
    kill,
    [Symbol.dispose]: kill,
  };
}

/** A handler that answers with this reply. */
export const replies =
  (reply: object): Handler =>
  (_call, callback) =>
    callback(null, reply);

/** A handler that fails like this. */
export const fails =
  (code: status, details: string): Handler =>
  (_call, callback) =>
    callback({ code, details, metadata: new Metadata() } satisfies Partial<ServiceError>);

/** A handler that never answers, and a promise of its first call. */
export function hangs(): { readonly handler: Handler; readonly reached: Promise<void> } {
  const reached = Promise.withResolvers<void>();
  return { handler: () => reached.resolve(), reached: reached.promise };
}
