import { expect, test } from "bun:test";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import type { MessageTypeDefinition } from "@grpc/proto-loader";
import { describeServices, loadServices } from "../../../src/grpc/proto.ts";

const { bot, downloader, join, health } = loadServices();
const described = describeServices();

const NAMES = ["grpc.v1.Bot", "grpc.v1.Downloader", "dwld_bot.v1.Join", "grpc.health.v1.Health"];
const PAIRS = [bot, downloader, join, health].flatMap((service, at) =>
  Object.entries<MethodDefinition<object, object>>(service as ServiceDefinition).map(
    ([name, method]) =>
      [`${NAMES[at]}.${name}`, method, (described[NAMES[at] ?? ""] as ServiceDefinition)[name]] as const,
  ),
);

test.each(PAIRS)(
  "%s equals what proto-loader makes of the file, without the descriptors of its types",
  (_name, ours, theirs) => {
    const { originalName: _, requestType, responseType, options: __, ...method } = { ...theirs } as Described;
    expect(Object.keys(ours)).toEqual(Object.keys(method));
    expect(ours).toMatchObject({
      path: method.path,
      requestStream: method.requestStream,
      responseStream: method.responseStream,
    });
    for (const [type, write, read, readByThem] of [
      [requestType, ours.requestSerialize, ours.requestDeserialize, method.requestDeserialize],
      [responseType, ours.responseSerialize, ours.responseDeserialize, method.responseDeserialize],
    ] as const) {
      for (const message of [{}, filled(type)]) {
        const bytes = write(message);
        expect(bytes).toEqual(type.serialize(message));
        expect(read(bytes)).toEqual(readByThem(bytes));
      }
    }
  },
);

type Described = MethodDefinition<object, object> & {
  readonly originalName: string;
  readonly requestType: MessageTypeDefinition<object, object>;
  readonly responseType: MessageTypeDefinition<object, object>;
  readonly options: object;
};

/** A message with a 1 in each field that takes one: a number, a text, the first name of an enum. */
function filled({ type }: MessageTypeDefinition<object, object>): object {
  const { field } = type as { readonly field: readonly { name: string; type: string; label: string }[] };
  const one = (kind: string) => (kind === "TYPE_BYTES" ? Buffer.from("1") : "1");
  return Object.fromEntries(
    field
      .filter((of) => of.type !== "TYPE_MESSAGE")
      .map((of) => [of.name, of.label === "LABEL_REPEATED" ? [one(of.type)] : one(of.type)]),
  );
}
