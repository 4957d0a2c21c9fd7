import { Client, connectivityState, credentials, type ServiceDefinition } from "@grpc/grpc-js";
import { serviceOf } from "./downloader/wire.ts";
import { WAIT_LIMIT_MS } from "./patience.ts";

/** A client of the bot that keeps its own connection open after a call, as downloaders do for minutes; with `ca`, over TLS. */
export function createStayingClient(address: string, { ca }: { ca?: Buffer | undefined } = {}) {
  const channel = ca === undefined ? credentials.createInsecure() : credentials.createSsl(ca);
  const client = new Client(address, channel, { "grpc.use_local_subchannel_pool": 1 });
  return {
    /** Rejects with the bot's ServiceError. */
    register(name: string): Promise<void> {
      const { path, requestSerialize, responseDeserialize } = methodOf(
        serviceOf("bot.proto", "grpc.v1.Bot"),
        "RegisterDownloader",
      );
      const request = { server_name: name, allowed_roots: ["*"], server_host: "127.0.0.1", server_port: 9 };
      const deadline = Date.now() + WAIT_LIMIT_MS;
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline }, (error) =>
          error === null ? resolve() : reject(error),
        );
      });
    },
    /** Resolves when its present connection is closed. */
    gone(): Promise<void> {
      const channel = client.getChannel();
      return new Promise((resolve) => {
        channel.watchConnectivityState(connectivityState.READY, Number.POSITIVE_INFINITY, () => resolve());
      });
    },
    /** Watches whether the bot serves, in an open call. Each call of the returned function waits for the next message. */
    watch(): () => Promise<unknown> {
      const health = serviceOf("health.proto", "grpc.health.v1.Health");
      const { path, requestSerialize, responseDeserialize } = methodOf(health, "Watch");
      const words = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {});
      return () =>
        new Promise((resolve, reject) => {
          words.once("data", ({ status }) => resolve(status));
          words.once("error", reject);
        });
    },
    [Symbol.dispose]: () => client.close(),
  };
}

function methodOf(service: ServiceDefinition, name: string) {
  const method = service[name];
  if (method === undefined) throw new Error(`There is no ${name}`);
  return method;
}
