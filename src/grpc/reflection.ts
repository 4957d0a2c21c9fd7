import type {
  MethodDefinition,
  ServerDuplexStream,
  ServiceDefinition,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import v1Proto from "@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto" with { type: "file" };
import v1alphaProto from "@grpc/reflection/build/proto/grpc/reflection/v1alpha/reflection.proto" with { type: "file" };
// Not the package itself, which looks for these protos where it was built (runtime.md §4.6).
import { ReflectionV1Implementation } from "@grpc/reflection/build/src/implementations/reflection-v1.js";
import { once } from "../domain/once.ts";
import { withImports } from "./descriptors.ts";

type Inquiry = Parameters<ReflectionV1Implementation["handleServerReflectionRequest"]>[0];
type Inquirer = ServerDuplexStream<Inquiry, object>;
type Method = MethodDefinition<object, object>;

export interface Reflection {
  /** The same service as v1 and as v1alpha, which older tools ask for. */
  readonly services: readonly {
    readonly definition: ServiceDefinition;
    readonly handlers: UntypedServiceImplementation;
  }[];
  /** Ends the clients' streams, which would hold up a shutdown. */
  end(): void;
}

/** How the implementation reads and writes; the package's own loader uses the same. */
const LOADING = { longs: String, enums: String, bytes: Array, defaults: true, oneofs: true };

/**
 * Standard server reflection: tells `grpcurl` and others what the named services of those that `describe` returns look like. Created at
 * the first request, because there is hardly ever one, and it would be a tenth of a start.
 */
export function createReflection(describe: () => PackageDefinition, services: string[]): Reflection {
  const known = once(() => new ReflectionV1Implementation(withImports(describe()), { services }));
  const inquirers = new Set<Inquirer>();

  const inform = (stream: Inquirer): void => {
    inquirers.add(stream);
    // Without an error listener, a client that resets the stream crashes the process.
    for (const end of ["cancelled", "close", "error"]) stream.on(end, () => inquirers.delete(stream));
    stream.on("end", () => stream.end());
    stream.on("data", (inquiry: Inquiry) => stream.write(known().handleServerReflectionRequest(inquiry)));
  };

  const handlers = { ServerReflectionInfo: inform };
  return {
    services: [
      { definition: definitionOf("grpc.reflection.v1.ServerReflection", v1Proto), handlers },
      { definition: definitionOf("grpc.reflection.v1alpha.ServerReflection", v1alphaProto), handlers },
    ],
    end() {
      for (const inquirer of inquirers) inquirer.end();
      inquirers.clear();
    },
  };
}

/** The service's only method; its proto is read together with the first message. */
function definitionOf(service: string, proto: string): ServiceDefinition {
  const method = once(() => (loadSync(proto, LOADING)[service] as ServiceDefinition).ServerReflectionInfo as Method);
  return {
    ServerReflectionInfo: {
      path: `/${service}/ServerReflectionInfo`,
      requestStream: true,
      responseStream: true,
      requestSerialize: (message: object) => method().requestSerialize(message),
      requestDeserialize: (bytes: Buffer) => method().requestDeserialize(bytes),
      responseSerialize: (message: object) => method().responseSerialize(message),
      responseDeserialize: (bytes: Buffer) => method().responseDeserialize(bytes),
    },
  };
}
