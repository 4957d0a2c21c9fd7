import { Server, ServerCredentials, type sendUnaryData } from "@grpc/grpc-js";
import { serviceOf } from "../../support/downloader/wire.ts";
import { obey } from "../world/commands.ts";

/*
 * A gRPC server that takes registrations and does nothing about them.
 */

const server = new Server();
const RegisterDownloader = (_: unknown, done: sendUnaryData<object>) => done(null, {});
server.addService(serviceOf("bot.proto", "grpc.v1.Bot"), { RegisterDownloader });
const port = await new Promise<number>((resolve, reject) => {
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
    error === null ? resolve(bound) : reject(error),
  );
});

await obey({ where: () => ({ port }) });
