import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import botProto from "../../proto/bot.proto" with { type: "file" };
import downloaderProto from "../../proto/downloader.proto" with { type: "file" };
import healthProto from "../../proto/health.proto" with { type: "file" };
import joinProto from "../../proto/join.proto" with { type: "file" };

/** A method of `grpc.v1.Downloader`, spelt as in the contract. */
export type DownloaderMethod = "SetToQueue" | "DeleteFromQueue" | "CleanHistory" | "Status" | "Queue" | "Healtheck";

/** The services of both contracts, that of joining, and the standard health service. */
export interface Services {
  readonly bot: ServiceDefinition;
  readonly downloader: ServiceDefinition<Record<DownloaderMethod, unknown>>;
  readonly join: ServiceDefinition;
  readonly health: ServiceDefinition;
  /** All of it, for reflection. */
  readonly definitions: PackageDefinition;
}

let loaded: Services | undefined;

/** Parses the embedded protos, once (about 10 ms); works in development and in the compiled binary. Throws when one is broken. */
export function loadServices(): Services {
  loaded ??= parseServices();
  return loaded;
}

function parseServices(): Services {
  const definitions = loadSync([botProto, downloaderProto, joinProto, healthProto], {
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
  });
  const service = (name: string): ServiceDefinition => {
    const definition = definitions[name];
    if (definition === undefined || "format" in definition) throw new Error(`The protos define no service ${name}`);
    return definition as ServiceDefinition;
  };
  return {
    bot: service("grpc.v1.Bot"),
    downloader: service("grpc.v1.Downloader") as Services["downloader"],
    join: service("dwld_bot.v1.Join"),
    health: service("grpc.health.v1.Health"),
    definitions,
  };
}
