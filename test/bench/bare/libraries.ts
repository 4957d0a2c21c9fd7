import { Database } from "bun:sqlite";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { createConsola } from "consola";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { Bot } from "gramio";
import { Registry } from "prom-client";
import { object, parse, string } from "valibot";
import { parse as parseYaml } from "yaml";
import botProto from "../../../proto/bot.proto" with { type: "file" };

/*
 * The bot's libraries and nothing else, compiled in the way the bot is: loads them, opens a database and a port, and waits.
 */

parse(object({ name: string() }), parseYaml("name: bare"));
const database = drizzle(new Database("bare.db", { create: true }));
const bot = new Bot("123456789:bare");
const metrics = new Registry();
const server = new Server();
server.addService(loadSync(botProto)["grpc.v1.Bot"] as never, {});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), () => createConsola().info("ready"));
setInterval(() => [database, bot, metrics], 5_000);
