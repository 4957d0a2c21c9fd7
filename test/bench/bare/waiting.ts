import { Database } from "bun:sqlite";
import {
  Client,
  credentials,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { createConsola } from "consola";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { Bot } from "gramio";
import { Registry } from "prom-client";
import { object, parse, string } from "valibot";
import { parse as parseYaml } from "yaml";
import botProto from "../../../proto/bot.proto" with { type: "file" };
import downloaderProto from "../../../proto/downloader.proto" with { type: "file" };

/*
 * The minimum that it costs to run while there is nothing to do: the bot's libraries, compiled in the way the bot is, with a long poll, a
 * server that checks whether its callers are there, a call to each downloader now and then, and the bot's intervals, in which nothing is
 * done. Its argument, as JSON, is `WaitingGiven`.
 */

export interface WaitingGiven {
  /** Of the Bot API. */
  readonly root: string;
  readonly token: string;
  readonly downloaders: readonly number[];
  /** `dispatch.interval`. */
  readonly tickMs: number;
  /** How often each downloader is called. */
  readonly callMs: number;
}

const POLL_SECONDS = 30;
/** After a failed call to Telegram. */
const AGAIN_MS = 30_000;

const { root, token, downloaders, tickMs, callMs } = JSON.parse(process.argv[2] ?? "") as WaitingGiven;
/** Those of `src/app/schedules.ts` and `src/app/registration.ts` that come more than once a minute. */
const intervalsMs = [tickMs, tickMs, tickMs, tickMs, 10_000, 15_000];
parse(object({ name: string() }), parseYaml("name: bare"));
const database = drizzle(new Database("bare.db", { create: true }));
const kept = [database, new Bot("123456789:bare"), new Registry()];
const server = new Server({ "grpc.keepalive_time_ms": 60_000, "grpc.keepalive_timeout_ms": 20_000 });
server.addService(loadSync(botProto)["grpc.v1.Bot"] as never, {});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), () => createConsola().info("ready"));
for (const ms of intervalsMs) setInterval(() => kept, ms);

const { path, requestSerialize, responseDeserialize } = methodOf("Healtheck");
const channels = downloaders.map((port) => new Client(`127.0.0.1:${port}`, credentials.createInsecure()));
setInterval(() => {
  for (const channel of channels) {
    const deadline = Date.now() + 3_000;
    channel.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, { deadline }, () => {});
  }
}, callMs);

for (;;) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ offset: 0, timeout: POLL_SECONDS });
  try {
    await (await fetch(`${root}/bot${token}/getUpdates`, { method: "POST", headers, body })).json();
  } catch {
    await Bun.sleep(AGAIN_MS);
  }
}

function methodOf(name: string): MethodDefinition<object, object> {
  const service = loadSync(downloaderProto)["grpc.v1.Downloader"] as ServiceDefinition | undefined;
  const method = service?.[name];
  if (method === undefined) throw new Error(`downloader.proto has no ${name}`);
  return method;
}
