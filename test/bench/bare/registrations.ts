import { Database } from "bun:sqlite";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { serviceOf } from "../../support/downloader/wire.ts";
import { obey } from "../world/commands.ts";
import { createTogether } from "./durable.ts";

/*
 * A gRPC server that takes registrations and does nothing about them; with a path in its arguments it stores each there before it
 * answers, those of one turn of the event loop in one transaction.
 */

type Call = ServerUnaryCall<{ readonly server_name: string; readonly allowed_roots: readonly string[] }, object>;

const [, , path] = process.argv;
const store = path === undefined ? async () => {} : createStore(path);
const server = new Server();
const RegisterDownloader = ({ request }: Call, done: sendUnaryData<object>) =>
  void store(request.server_name, JSON.stringify(request.allowed_roots)).then(() => done(null, {}));
server.addService(serviceOf("bot.proto", "grpc.v1.Bot"), { RegisterDownloader });
const port = await new Promise<number>((resolve, reject) => {
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
    error === null ? resolve(bound) : reject(error),
  );
});

function createStore(file: string): (name: string, roots: string) => Promise<void> {
  const database = new Database(file, { create: true, readwrite: true, strict: true });
  for (const pragma of ["journal_mode = WAL", "synchronous = FULL"]) database.run(`PRAGMA ${pragma}`);
  database.run("create table downloaders (name text primary key, roots text not null)");
  const save = database.query("insert or replace into downloaders values (?, ?)");
  const together = createTogether((work) => database.transaction(work).immediate());
  return (name, roots) => together(() => void save.run(name, roots));
}

await obey({ where: () => ({ port }) });
