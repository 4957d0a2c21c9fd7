import { describe, expect, test } from "bun:test";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromObject, loadSync } from "@grpc/proto-loader";
import { FileDescriptorProto, type IFileDescriptorProto } from "protobufjs/ext/descriptor";
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
  const registered: string[] = [];
  const register = ({ name }: { name: string }) => void registered.push(name);
  const server = await createBotServer({ listen: { host, port: 0 }, register, log: createRecordingLog() });
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
    client,
    registered,
    server,
    async [Symbol.asyncDispose]() {
      stream.on("error", () => {});
      client.close();
      await server.stop();
    },
  };
}

type Inquiry = Awaited<ReturnType<typeof inquire>>;

/**
 * Fetches the file of a symbol and, one after another, the files that each one imports, as clients do. A type may be only in
 * the file that names it or in a direct import: other files of the answer do not count.
 */
async function resolve(bot: Inquiry, symbol: string): Promise<IFileDescriptorProto[]> {
  const files = new Map<string, IFileDescriptorProto>();
  const fetch = async (question: object) => {
    const { fileDescriptorResponse, errorResponse } = await bot.ask(question);
    if (fileDescriptorResponse === undefined)
      throw new Error(`${JSON.stringify(question)}: ${errorResponse?.errorCode}`);
    const [first] = fileDescriptorResponse.fileDescriptorProto.map((bytes) => {
      const file: IFileDescriptorProto = FileDescriptorProto.toObject(FileDescriptorProto.decode(bytes));
      files.set(file.name ?? "", file);
      return file;
    });
    if (first === undefined) throw new Error("an empty answer");
    return first;
  };
  const needed = [await fetch({ fileContainingSymbol: symbol })];
  for (const file of needed) {
    for (const name of file.dependency ?? []) {
      const found = files.get(name) ?? (await fetch({ fileByFilename: name }));
      if (!needed.includes(found)) needed.push(found);
    }
  }
  for (const file of needed) {
    const imported = needed.filter(({ name = "" }) => name === file.name || file.dependency?.includes(name));
    const known = imported.flatMap((one) => one.messageType?.map(({ name }) => `.${one.package}.${name}`) ?? []);
    const methods = file.service?.flatMap(({ method }) => method ?? []) ?? [];
    const used = methods.flatMap(({ inputType = "", outputType = "" }) => [inputType, outputType]);
    expect(used.filter((type) => !known.includes(type))).toEqual([]);
  }
  return needed;
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

  test("describes them, with everything that they import", async () => {
    await using bot = await inquire("127.0.0.1", version);
    const { fileDescriptorResponse } = await bot.ask({ fileContainingSymbol: "grpc.v1.Bot" });
    const described = fileDescriptorResponse?.fileDescriptorProto.map((file) => file.toString("latin1")).join("") ?? "";
    for (const word of ["RegisterDownloader", "allowed_roots", "google"]) expect(described).toContain(word);
    expect((await bot.ask({ fileContainingSymbol: "no.such.Thing" })).errorResponse?.errorCode).toBe(status.NOT_FOUND);
  });

  test("lets a client describe and call all of it, by the imports that the files name", async () => {
    await using bot = await inquire("127.0.0.1", version);
    const { listServicesResponse } = await bot.ask({ listServices: "*" });
    for (const { name } of listServicesResponse?.service ?? []) {
      const [file] = await resolve(bot, name);
      expect(file?.service?.map((service) => `${file.package}.${service.name}`)).toContain(name);
    }
    const files = await resolve(bot, "grpc.v1.Bot.RegisterDownloader");
    expect(files.map(({ name }) => name)).toContain("google/protobuf/empty.proto");
    const service = loadFileDescriptorSetFromObject({ file: files }, { keepCase: true })["grpc.v1.Bot"];
    const method = service === undefined || "format" in service ? undefined : service.RegisterDownloader;
    if (method === undefined || !("path" in method)) throw new Error("no such method");
    const request = { server_name: "nas", allowed_roots: ["*"], server_host: "127.0.0.1", server_port: 50_051 };
    await new Promise((done, fail) => {
      bot.client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        (error, ok) => (error === null ? done(ok) : fail(error)),
      );
    });
    expect(bot.registered).toEqual(["nas"]);
  });

  test.each(["google.protobuf.Empty", "grpc.v1.RegisterDownloaderRequest", "grpc.health.v1.HealthCheckResponse"])(
    "finds %s, and its file by name",
    async (type) => {
      await using bot = await inquire("127.0.0.1", version);
      const [file] = await resolve(bot, type);
      const { fileDescriptorResponse } = await bot.ask({ fileByFilename: file?.name });
      expect(fileDescriptorResponse?.fileDescriptorProto).not.toEqual([]);
      expect(file?.syntax).toBe("proto3");
    },
  );

  test("does not hold up the stop", async () => {
    await using bot = await inquire("127.0.0.1", version);
    await bot.ask({ listServices: "*" });
    await bot.server.stop();
  });

  test("is served to private addresses only", async () => {
    await using bot = await inquire("0.0.0.0", version);
    const error = await bot.ask({ listServices: "*" }).catch((refused: ServiceError) => refused.code);
    expect(error).toBe(status.UNIMPLEMENTED);
  });
});
