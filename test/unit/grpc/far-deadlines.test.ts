import { expect, test } from "bun:test";
import { Client, credentials, type MethodDefinition, type ServiceError } from "@grpc/grpc-js";
import { createBotServer } from "../../../src/grpc/bot-server.ts";
import { loadServices } from "../../../src/grpc/proto.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const CLAIM = { server_name: "nas", allowed_roots: ["a.com"], server_host: "127.0.0.1", server_port: 8888 };
const DAY_MS = 86_400_000;
const services = loadServices();

async function startServer(register: () => Promise<void>) {
  const listen = { host: "127.0.0.1", port: 0 };
  const server = await createBotServer({ listen, register, log: createRecordingLog() });
  const client = new Client(`127.0.0.1:${server.address.port}`, credentials.createInsecure());
  const call = (method: unknown, request: object, deadline: number) => {
    const { path, requestSerialize, responseDeserialize } = method as MethodDefinition<unknown, unknown>;
    const { promise, resolve } = Promise.withResolvers<ServiceError | null>();
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline }, resolve);
    return promise;
  };
  return {
    register: (deadline: number) => call(services.bot.RegisterDownloader, CLAIM, deadline),
    check: () => call(services.health.Check, {}, Number.POSITIVE_INFINITY),
    async [Symbol.asyncDispose]() {
      client.close();
      await server.stop();
    },
  };
}

// More than 2^31 ms, and more than 2^32.
test.each([30, 75])("a call whose deadline is in %d days does not expire at once", async (days) => {
  const asked = Promise.withResolvers<void>();
  const kept = Promise.withResolvers<void>();
  await using bot = await startServer(() => {
    asked.resolve();
    return kept.promise;
  });
  let answer: ServiceError | null | "none yet" = "none yet";
  const answered = bot.register(Date.now() + days * DAY_MS).then((error) => {
    answer = error;
  });
  await Promise.race([asked.promise, answered]);
  // By then, everything due within a millisecond has happened.
  for (let nth = 0; nth < 20; nth += 1) expect(await bot.check()).toBeNull();
  expect(answer).toBe("none yet");
  kept.resolve();
  await answered;
  expect(answer).toBeNull();
});
