import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { type Method, Root, type Type } from "protobufjs";
import botProto from "../../proto/bot.proto" with { type: "file" };
import downloaderProto from "../../proto/downloader.proto" with { type: "file" };
import healthProto from "../../proto/health.proto" with { type: "file" };
import joinProto from "../../proto/join.proto" with { type: "file" };
import { once } from "../domain/once.ts";

/** A method of `grpc.v1.Downloader`, spelt as in the contract. */
export type DownloaderMethod = "SetToQueue" | "DeleteFromQueue" | "CleanHistory" | "Status" | "Queue" | "Healtheck";

/** The services of both contracts, that of joining, and the standard health service. */
export interface Services {
  readonly bot: ServiceOf<"RegisterDownloader">;
  readonly downloader: ServiceOf<DownloaderMethod>;
  readonly join: ServiceOf<"Join">;
  readonly health: ServiceOf<"Check" | "Watch">;
}

type ServiceOf<Name extends string> = ServiceDefinition<Record<Name, unknown>>;

const PROTOS = [botProto, downloaderProto, joinProto, healthProto];
const PARSING = { keepCase: true };
/** How messages are represented as objects: with every field. */
const SPELLING = { longs: Number, enums: String, defaults: true };

/** Parses the embedded protos, once; works in development and in the compiled binary. Throws if one is broken. */
export const loadServices: () => Services = once(parseServices);

/** All services and types with descriptors, for reflection. */
export function describeServices(): PackageDefinition {
  return loadSync(PROTOS, { ...PARSING, ...SPELLING });
}

/** What proto-loader makes of the protos, except the descriptors of all types, which take longer than the rest (runtime.md §1.1). */
function parseServices(): Services {
  const root = new Root().loadSync(PROTOS, PARSING);
  const service = <Name extends string>(name: string): ServiceOf<Name> => {
    const { methodsArray } = root.lookupService(name);
    const methods = methodsArray.map((method) => [method.name, definitionOf(method, name)]);
    return Object.fromEntries(methods) as ServiceOf<Name>;
  };
  return {
    bot: service("grpc.v1.Bot"),
    downloader: service("grpc.v1.Downloader"),
    join: service("dwld_bot.v1.Join"),
    health: service("grpc.health.v1.Health"),
  };
}

function definitionOf(method: Method, service: string): MethodDefinition<object, object> {
  const { name, requestStream = false, responseStream = false, resolvedRequestType, resolvedResponseType } = method;
  if (resolvedRequestType === null || resolvedResponseType === null) throw new Error(`${service}.${name} has no types`);
  return {
    path: `/${service}/${name}`,
    requestStream,
    responseStream,
    requestSerialize: writing(resolvedRequestType),
    requestDeserialize: reading(resolvedRequestType),
    responseSerialize: writing(resolvedResponseType),
    responseDeserialize: reading(resolvedResponseType),
  };
}

// If there are Buffers, protobufjs writes into one.
const writing = (type: Type) => (message: object) => type.encode(type.fromObject(message)).finish() as Buffer;
const reading = (type: Type) => (bytes: Buffer) => type.toObject(type.decode(bytes), SPELLING);
