import { describe, expect, test } from "bun:test";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { createBotServer } from "../../../src/grpc/bot-server.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const PROTOS = `${import.meta.dir}/../../../node_modules/@grpc/reflection/build/proto/grpc/reflection`;

interface Reply {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
  readonly errorResponse?: { readonly errorCode: number };
}

/** Asks a server at `host` what it serves, as grpcurl does. */
async function inquire(host: string, version: "v1" | "v1alpha") {
  const server = await createBotServer({ listen: { host, port: 0 }, register: () => {}, log: createRecordingLog() });
  const client = new Client(`127.0.0.1:${server.address.port}`, credentials.createInsecure());
  const definition = loadSync(`${PROTOS}/${version}/reflection.proto`, { defaults: false, oneofs: true });
  const method = definition[`grpc.reflection.${version}.ServerReflection`];
  if (method === undefined || "format" in method) throw new Error("no such service");
  const info = method.ServerReflectionInfo;
  if (info === undefined || !("path" in info)) throw new Error("no such method");
  const stream = client.makeBidiStreamRequest(info.path, info.requestSerialize, info.responseDeserialize);
  return {
    ask(question: object): Promise<Reply> {
      return new Promise((resolve, reject) => {
        stream.once("data", resolve);
        stream.once("error", reject);
        stream.write(question);
      });
    },
    server,
    async [Symbol.asyncDispose]() {
      stream.on("error", () => {});
      client.close();
      await server.stop();
    },
  };
}

describe.each(["v1", "v1alpha"] as const)("reflection %s", (version) => {
  test("names the services that downloaders use", async () => {
    await using bot = await inquire("127.0.0.1", version);
    const { listServicesResponse } = await bot.ask({ listServices: "*" });
    expect(listServicesResponse?.service.map(({ name }) => name).sort()).toEqual([
      "grpc.health.v1.Health",
      "grpc.v1.Bot",
    ]);
  });

  test("describes them, with all that they import", async () => {
    await using bot = await inquire("127.0.0.1", version);
    const { fileDescriptorResponse } = await bot.ask({ fileContainingSymbol: "grpc.v1.Bot" });
    const described = fileDescriptorResponse?.fileDescriptorProto.map((file) => file.toString("latin1")).join("") ?? "";
    for (const word of ["RegisterDownloader", "allowed_roots", "google"]) expect(described).toContain(word);
    expect((await bot.ask({ fileContainingSymbol: "no.such.Thing" })).errorResponse?.errorCode).toBe(status.NOT_FOUND);
  });

  test("does not hold up the stop", async () => {
    await using bot = await inquire("127.0.0.1", version);
    await bot.ask({ listServices: "*" });
    await bot.server.stop();
  });

  test("is not served beyond private addresses", async () => {
    await using bot = await inquire("0.0.0.0", version);
    const error = await bot.ask({ listServices: "*" }).catch((refused: ServiceError) => refused.code);
    expect(error).toBe(status.UNIMPLEMENTED);
  });
});
