import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { WAIT_LIMIT_MS } from "../patience.ts";
import { serviceOf } from "./wire.ts";

/** How a call ended: with a reply or with an error. */
export interface Ended {
  readonly error?: ServiceError;
  readonly reply?: Record<string, unknown>;
}

/** One channel to a downloader, as a bot keeps it. */
export interface Channel extends Disposable {
  /** `withinMs` is the deadline, by default `WAIT_LIMIT_MS`. */
  call(method: string, request?: object, withinMs?: number): Promise<Ended>;
}

interface Place {
  readonly host?: string;
  readonly port: number;
  /** Over TLS, by this authority. */
  readonly ca?: Uint8Array;
}

/** A plain client of the contract, independent of the bot's. */
export function connect({ host = "127.0.0.1", port, ca }: Place): Channel {
  const service = serviceOf("downloader.proto", "grpc.v1.Downloader");
  const client = new Client(
    `${host}:${port}`,
    ca === undefined ? credentials.createInsecure() : credentials.createSsl(Buffer.from(ca)),
  );
  return {
    call(method, request = {}, withinMs = WAIT_LIMIT_MS) {
      const definition = service[method];
      if (definition === undefined) throw new Error(`No method ${method}`);
      const { path, requestSerialize, responseDeserialize } = definition;
      const deadline = Date.now() + withinMs;
      return new Promise((resolve) => {
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline }, (error, reply) =>
          resolve(error === null ? { reply } : { error }),
        );
      });
    },
    [Symbol.dispose]: () => client.close(),
  };
}

/** One call over a channel of its own. */
export async function call(to: Place, ...args: Parameters<Channel["call"]>): Promise<Ended> {
  using channel = connect(to);
  return await channel.call(...args);
}
