import type { AnyDefinition, EnumTypeDefinition, MessageTypeDefinition, PackageDefinition } from "@grpc/proto-loader";
import { FileDescriptorProto, type IDescriptorProto, type IFileDescriptorProto } from "protobufjs/ext/descriptor";

/** proto-loader makes one file of each package, with its own name for it; clients know these by their published names. */
const PUBLISHED_NAMES: Readonly<Record<string, string>> = {
  "google.protobuf": "google/protobuf/empty.proto",
  "grpc.health.v1": "grpc/health/v1/health.proto",
};

/**
 * The types of these definitions with file descriptors that say what they import, which proto-loader leaves out: a reflection client finds
 * a type only in the file that names it or in the imports of that file (runtime.md §4.6).
 */
export function withImports(definitions: PackageDefinition): PackageDefinition {
  // Each type carries the files of all packages, including their services.
  const types = Object.entries(definitions).flatMap(([name, one]) => (isType(one) ? [{ name, one }] : []));
  const files = new Map<string, IFileDescriptorProto>();
  for (const { one } of types) {
    for (const bytes of one.fileDescriptorProtos) {
      const file: IFileDescriptorProto = FileDescriptorProto.toObject(FileDescriptorProto.decode(bytes));
      const name = PUBLISHED_NAMES[file.package ?? ""] ?? file.name ?? "";
      files.set(file.package ?? "", { ...file, name });
    }
  }
  /** The file of the innermost package with which the name of a type begins. */
  const fileOf = (type: string): string | undefined => {
    const parts = type.replace(/^\./, "").split(".");
    const packages = parts.map((_, count) => parts.slice(0, parts.length - 1 - count).join("."));
    return packages.map((name) => files.get(name)?.name).find((name) => name !== undefined);
  };
  const encoded = [...files.values()].map((file) => {
    const imports = new Set(typesIn(file).flatMap((type) => fileOf(type) ?? []));
    imports.delete(file.name ?? "");
    const whole = FileDescriptorProto.fromObject({ ...file, dependency: [...imports].sort() });
    return Buffer.from(FileDescriptorProto.encode(whole).finish());
  });
  return Object.fromEntries(types.map(({ name, one }) => [name, { ...one, fileDescriptorProtos: encoded }]));
}

function isType(definition: AnyDefinition): definition is MessageTypeDefinition<object, object> | EnumTypeDefinition {
  return typeof definition.format === "string";
}

/** The full names of all types that a file's messages and services refer to. */
function typesIn({ messageType = [], service = [] }: IFileDescriptorProto): string[] {
  const ofMessage = ({ field, nestedType }: IDescriptorProto): string[] => [
    ...(field ?? []).flatMap(({ typeName }) => typeName ?? []),
    ...(nestedType ?? []).flatMap(ofMessage),
  ];
  const methods = service.flatMap(({ method }) => method ?? []);
  return [
    ...messageType.flatMap(ofMessage),
    ...methods.flatMap(({ inputType, outputType }) => [inputType ?? [], outputType ?? []].flat()),
  ];
}
