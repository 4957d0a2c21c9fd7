import type { ServerDuplexStream, ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import v1Proto from "@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto" with { type: "file" };
import v1alphaProto from "@grpc/reflection/build/proto/grpc/reflection/v1alpha/reflection.proto" with { type: "file" };
// Not the package itself, which looks for these protos where it was built (runtime.md §4.6).
import { ReflectionV1Implementation } from "@grpc/reflection/build/src/implementations/reflection-v1.js";

import { withImports } from "./descriptors.ts";

type Inquiry = Parameters<ReflectionV1Implementation["handleServerReflectionRequest"]>[0];
type Inquirer = ServerDuplexStream<Inquiry, object>;

export interface Reflection {
  /** The same service as v1 and as v1alpha, which older tools ask for. */
  readonly services: readonly {
    readonly definition: ServiceDefinition;
    readonly handlers: UntypedServiceImplementation;
  }[];
  /** Ends the streams of those that ask, which would hold up a shutdown. */
  end(): void;
}

/** What the implementation reads and writes; the package's own loader has the same. */
const LOADING = { longs: String, enums: String, bytes: Array, defaults: true, oneofs: true };

/** Standard server reflection: tells `grpcurl` and its like what the named services of `definitions` look like. */
export function createReflection(definitions: PackageDefinition, services: string[]): Reflection {
  const known = new ReflectionV1Implementation(withImports(definitions), { services });
  const inquirers = new Set<Inquirer>();

  const inform = (stream: Inquirer): void => {
    inquirers.add(stream);
    // Without a listener for errors, a client that resets the stream takes the process down.
    for (const end of ["cancelled", "close", "error"]) stream.on(end, () => inquirers.delete(stream));
    stream.on("end", () => stream.end());
    stream.on("data", (inquiry: Inquiry) => stream.write(known.handleServerReflectionRequest(inquiry)));
  };

  const loaded = [
    loadSync(v1Proto, LOADING)["grpc.reflection.v1.ServerReflection"],
    loadSync(v1alphaProto, LOADING)["grpc.reflection.v1alpha.ServerReflection"],
  ];
  return {
    services: loaded.map((definition) => ({
      definition: definition as ServiceDefinition,
      handlers: { ServerReflectionInfo: inform },
    })),
    end() {
      for (const inquirer of inquirers) inquirer.end();
      inquirers.clear();
    },
  };
}
