import { Database } from "bun:sqlite";
import { openSync, writeSync } from "node:fs";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { createConsola } from "consola/core";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/bun-sqlite";
import * as v from "valibot";
import { downloaders } from "../../../src/store/schema.ts";
import { serviceOf } from "../../support/downloader/wire.ts";
import { obey } from "../world/commands.ts";
import { createTogether } from "./durable.ts";

/*
 * A gRPC server that takes registrations and does nothing about them. With a path in its arguments it stores each one there before it
 * answers, those of one turn of the event loop in one transaction. With `libraries` after that it uses the bot's libraries, which also
 * check what is said and write a line of log; what is already stored is not stored again.
 */

interface Said {
  readonly server_name: string;
  readonly allowed_roots: readonly string[];
  readonly server_host: string;
  readonly server_port: number;
}

type Store = (said: Said) => Promise<void>;

const [, , path, means] = process.argv;
const store = storeOf();
const server = new Server();
const RegisterDownloader = ({ request }: ServerUnaryCall<Said, object>, done: sendUnaryData<object>) =>
  void store(request).then(() => done(null, {}));
server.addService(serviceOf("bot.proto", "grpc.v1.Bot"), { RegisterDownloader });
const port = await new Promise<number>((resolve, reject) => {
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
    error === null ? resolve(bound) : reject(error),
  );
});

function storeOf(): Store {
  if (path === undefined) return async () => {};
  const database = new Database(path, { create: true, readwrite: true, strict: true });
  for (const pragma of ["journal_mode = WAL", "synchronous = FULL"]) database.run(`PRAGMA ${pragma}`);
  const together = createTogether((work) => database.transaction(work).immediate());
  return (means === "libraries" ? byLibraries : plainly)(database, together);
}

function plainly(database: Database, together: ReturnType<typeof createTogether>): Store {
  database.run("create table downloaders (name text primary key, roots text not null)");
  const save = database.query("insert or replace into downloaders values (?, ?)");
  return ({ server_name, allowed_roots }) => together(() => void save.run(server_name, JSON.stringify(allowed_roots)));
}

function byLibraries(database: Database, together: ReturnType<typeof createTogether>): Store {
  database.run(`create table downloaders (name text primary key, roots text not null, host text not null, port integer not null,
    registered_at integer not null, last_seen_at integer, failures integer not null, paused integer not null)`);
  const text = v.pipe(
    v.fallback(v.string(), ""),
    v.transform((value) => value.toWellFormed()),
  );
  const said = v.object({
    server_name: text,
    allowed_roots: v.array(text),
    server_host: text,
    server_port: v.number(),
  });
  const given = sql.placeholder;
  const row = {
    ...{ name: given("name"), roots: sql`${given("roots")}`, host: sql`${given("host")}`, port: sql`${given("port")}` },
    ...{ registeredAt: given("now"), lastSeenAt: given("now"), failures: 0, paused: false },
  };
  const save = drizzle(database)
    .insert(downloaders)
    .values(row)
    .onConflictDoUpdate({ target: downloaders.name, set: { roots: row.roots, host: row.host, port: row.port } })
    .prepare();
  const nowhere = openSync("/dev/null", "w");
  const log = createConsola({
    reporters: [{ log: ({ date, args }) => void writeSync(nowhere, `${date.toISOString()} ${args.join(" ")}\n`) }],
  });
  const known = new Map<string, readonly string[]>();
  return async (request) => {
    const { server_name: name, allowed_roots: roots, server_host: host, server_port } = v.parse(said, request);
    if (Bun.deepEquals(known.get(name), roots)) return;
    known.set(name, roots);
    log.info(`${name} registered`, roots.join(" "));
    await together(() => save.run({ name, roots: JSON.stringify(roots), host, port: server_port, now: Date.now() }));
  };
}

await obey({ where: () => ({ port }) });
