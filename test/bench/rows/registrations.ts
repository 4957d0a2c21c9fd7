import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { serviceOf } from "../../support/downloader/wire.ts";
import { type Effort, median, type Result } from "../figures.ts";
import { startChild } from "../world/child.ts";
import { metric } from "../world/metrics.ts";
import { cpuMs } from "../world/process-figures.ts";
import { createWorld, FIRST_CHAT } from "../world/world.ts";

/*
 * B6: registrations, 32 at a time, of 300 names with 64 roots each, while 300 links wait that nobody takes; beside a server that
 * does nothing about them, and one that stores them.
 */

const IN_FLIGHT = 32;
const NAMES = 300;
const ROOTS = Array.from({ length: 64 }, (_, index) => `site-${index}.example`);
const BARE = join(import.meta.dir, "../bare/registrations.ts");
const LIMIT = `A registration is answered once it is on the disk, which the bare server does not wait for; the one that stores does, and is the
limit. Beyond it the bot checks 64 roots and the name, notes who takes what, tells its parts, and writes a line of log.`;
const registerDownloader = serviceOf("bot.proto", "grpc.v1.Bot").RegisterDownloader;

/** B6. */
export async function registrations({ isShort, rounds }: Effort): Promise<Result> {
  const times = isShort ? 2 : 10;
  const bot: number[] = [];
  const bare: number[] = [];
  const storing: number[] = [];
  const cpu = { bot: [] as number[], bare: [] as number[], storing: [] as number[] };
  const lags: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await using world = await createWorld({ people: 1 });
    world.prepare((store) => {
      for (const { name } of store.downloaders.all()) store.downloaders.remove(name);
      for (let index = 0; index < NAMES; index += 1) {
        const url = `https://unknown-${index}.example/`;
        const of = {
          chatId: FIRST_CHAT,
          threadId: null,
          messageId: index,
          sender: "ann",
          quality: "best",
          folder: null,
        } as const;
        store.links.add({ ...of, url, key: url.slice(8), sendAt: 0, createdAt: 0 });
      }
    });
    const life = await world.startBot();
    await metric(life, "nodejs_eventloop_lag_max_seconds");
    await Bun.sleep(1_000);
    await metric(life, "nodejs_eventloop_lag_max_seconds");
    const timed = async (pid: number, address: string, figures: number[], cpus: number[]) => {
      const before = cpuMs(pid);
      figures.push(await perSecond(address, times));
      cpus.push((cpuMs(pid) - before) / (times * NAMES));
    };
    await timed(life.pid, await life.address(), bot, cpu.bot);
    lags.push(1000 * (await metric(life, "nodejs_eventloop_lag_max_seconds")));
    await life.kill();
    for (const [figures, cpus, args] of [
      [bare, cpu.bare, []],
      [storing, cpu.storing, [join(world.folder, "bare.db")]],
    ] as const) {
      await using server = await startChild(BARE, args);
      const { port } = await server.ask<{ port: number }>({ do: "where" });
      await timed(server.pid, `127.0.0.1:${port}`, figures, cpus);
    }
  }
  return {
    row: "B6",
    title: `${times} × ${NAMES} registrations with ${ROOTS.length} roots, ${IN_FLIGHT} at a time, while ${NAMES} links wait for nobody`,
    head: ["by", "registrations/s", "ms CPU each", "longest stop of the loop, ms"],
    lines: [
      ["bot", median(bot), median(cpu.bot), median(lags)],
      ["bare server", median(bare), median(cpu.bare), "–"],
      ["bare server that stores", median(storing), median(cpu.storing), "–"],
    ],
    limit: LIMIT,
    verdicts: [
      { what: "share of the bare server", measured: median(bot) / median(bare), bound: { least: 0.8 } },
      { what: "longest stop of the loop, ms", measured: median(lags), bound: { most: 100 } },
    ],
    details: { bot, bare, storing, cpu, lags },
  };
}

export async function perSecond(address: string, times: number): Promise<number> {
  if (registerDownloader === undefined) throw new Error("bot.proto has no RegisterDownloader");
  const { path, requestSerialize, responseDeserialize } = registerDownloader;
  const client = new Client(address, credentials.createInsecure());
  const register = (name: string) =>
    new Promise<void>((resolve, reject) => {
      const request = { server_name: name, allowed_roots: ROOTS, server_host: "127.0.0.1", server_port: 1 };
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  const names = Array.from({ length: times * NAMES }, (_, index) => `server ${index % NAMES}`).values();
  const startedAt = performance.now();
  const worker = async () => {
    for (const name of names) await register(name);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  client.close();
  return (times * NAMES) / seconds;
}
