import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { serviceOf } from "../../support/downloader/wire.ts";
import { type Effort, median, type Result, rounded } from "../figures.ts";
import { startChild } from "../world/child.ts";
import { metric } from "../world/metrics.ts";
import { cpuMs, createFineCpu, eachOf, type ThreadTimes } from "../world/process-figures.ts";
import { hottest, inPercent, PARTS_OF_REGISTRATION, type Part, profile } from "../world/profile.ts";
import { createWorld, FIRST_CHAT, type World } from "../world/world.ts";

/*
 * B6: registrations, 32 at a time, of 300 names with 64 roots each, while 300 links wait that nobody takes; compared with a server that
 * does nothing about them, one that stores them, and one that does so with the bot's libraries.
 */

const IN_FLIGHT = 32;
const NAMES = 300;
const ROOTS = Array.from({ length: 64 }, (_, index) => `site-${index}.example`);
const BARE = join(import.meta.dir, "../bare/registrations.ts");
/** How long renewals are profiled. */
const PROFILED_S = 5;
/** How long new names are profiled, which come only once. */
const PROFILED_FIRST_S = 2;
const registerDownloader = serviceOf("bot.proto", "grpc.v1.Bot").RegisterDownloader;

/** Registrations per second, and what each cost. */
interface Taken {
  /** For names that are not known yet. */
  readonly first: number;
  /** For all of them again. */
  readonly again: number;
  readonly inAll: number;
  /** ms. */
  readonly cpu: number;
  /** The same by thread, for new names and for those that come again. */
  readonly threads: { readonly first: ThreadTimes; readonly again: ThreadTimes };
}

type Rate = "first" | "again" | "inAll" | "cpu";

/** B6. */
export async function registrations({ isShort, rounds }: Effort): Promise<Result> {
  const times = isShort ? 2 : 10;
  const bot: Taken[] = [];
  const bare: Taken[] = [];
  const storing: Taken[] = [];
  const byLibraries: Taken[] = [];
  const lags: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await using world = await prepared();
    const life = await world.startBot();
    await metric(life, "nodejs_eventloop_lag_max_seconds");
    await Bun.sleep(1_000);
    await metric(life, "nodejs_eventloop_lag_max_seconds");
    bot.push(await takenBy(life.pid, await life.address(), times));
    lags.push(1000 * (await metric(life, "nodejs_eventloop_lag_max_seconds")));
    await life.kill();
    for (const [figures, args] of [
      [bare, []],
      [storing, [join(world.folder, "bare.db")]],
      [byLibraries, [join(world.folder, "libraries.db"), "libraries"]],
    ] as const) {
      await using server = await startChild(BARE, args);
      const { port } = await server.ask<{ port: number }>({ do: "where" });
      figures.push(await takenBy(server.pid, `127.0.0.1:${port}`, times));
    }
  }
  const of = (all: readonly Taken[], figure: Rate) => median(all.map((one) => one[figure]));
  const line = (name: string, all: readonly Taken[], lag: number | string) => [
    name,
    ...(["inAll", "first", "again", "cpu"] as const).map((figure) => of(all, figure)),
    lag,
  ];
  const share = (all: readonly Taken[], figure: Rate) => of(all, figure) / of(bare, figure);
  return {
    row: "B6",
    title: `${times} × ${NAMES} registrations with ${ROOTS.length} roots, ${IN_FLIGHT} at a time, while ${NAMES} links wait for nobody`,
    head: ["by", "registrations/s", "of new names", "again", "ms CPU each", "longest stop of the loop, ms"],
    lines: [
      line("bot", bot, median(lags)),
      line("bare server", bare, "–"),
      line("bare server that stores", storing, "–"),
      line("the same by the bot's libraries", byLibraries, "–"),
    ],
    limit: limitOf({
      bot: (figure) => share(bot, figure),
      storing: (figure) => share(storing, figure),
      byLibraries: (figure) => share(byLibraries, figure),
      threads: { bot: bot.map(({ threads }) => threads), bare: bare.map(({ threads }) => threads) },
      parts: await profiledFirst(),
    }),
    verdicts: [
      { what: "share of the bare server", measured: share(bot, "inAll"), bound: { least: 0.8 } },
      { what: "longest stop of the loop, ms", measured: median(lags), bound: { most: 100 } },
    ],
    profile: await profiled(),
    details: { bot, bare, storing, byLibraries, lags },
  };
}

/** The figures of the run in words: shares of the bare server, ms by thread, and where the time of new names goes. */
function limitOf(of: {
  bot: (figure: Rate) => number;
  storing: (figure: Rate) => number;
  byLibraries: (figure: Rate) => number;
  threads: Readonly<Record<"bot" | "bare", readonly Taken["threads"][]>>;
  parts: readonly Part[];
}): string {
  const { bot, storing, byLibraries } = of;
  const ms = (by: "bot" | "bare", when: "first" | "again", thread: keyof ThreadTimes) =>
    rounded(median(of.threads[by].map((one) => one[when][thread])));
  const beside = (when: "first" | "again", thread: keyof ThreadTimes) =>
    `${ms("bot", when, thread)} ms instead of ${ms("bare", when, thread)}`;
  const spent = of.parts.map(({ what, share }) => `${what} ${inPercent(share)}`).join(", ");
  return [
    `A new name is answered once it is on the disk: there the bot reaches ${rounded(bot("first"))} of the bare server's rate, and the server that stores, and does`,
    `nothing else, ${rounded(storing("first"))}. A repeated registration, byte for byte the same, is neither read nor stored again, and reaches ${rounded(bot("again"))}. The bare server only decodes the protobuf of a registration, and`,
    `knows nobody. One that checks and stores with the bot's libraries reaches ${rounded(byLibraries("inAll"))}, for new names ${rounded(byLibraries("first"))}; beyond that, the bot checks the caller's`,
    "address and, of what is new, the name and 64 roots, records that the downloader was heard from, and has the links looked at that wait for it; for a new name it also tells admins, writes a line of log and a copy beside the database, and indexes again who takes what.",
    `According to a separate profile, the time of new names goes to ${spent}.`,
    `In total each took ${rounded(bot("cpu"))} times the bare server's processor time. A new name takes ${beside("first", "main")} on the event loop, which interprets code`,
    `that has not run often, and ${beside("first", "compilers")} on the threads that compile it; a repeated one ${beside("again", "main")}, and ${beside("again", "compilers")}.`,
  ].join("\n");
}

/** Where the time of renewals goes, in a separate run. */
async function profiled(): Promise<string[][]> {
  await using world = await prepared();
  const life = await world.startBot();
  const address = await life.address();
  await perSecond(address, 2);
  const hot = hottest(life, PROFILED_S);
  const until = performance.now() + 1_000 * PROFILED_S;
  while (performance.now() < until) await perSecond(address, 1);
  return await hot;
}

/** Where the time of new names goes, in a separate run. */
async function profiledFirst(): Promise<readonly Part[]> {
  await using world = await prepared();
  const life = await world.startBot();
  const spent = profile(life, PROFILED_FIRST_S, PARTS_OF_REGISTRATION);
  await perSecond(await life.address(), 1);
  return (await spent).parts;
}

/** A world in which nobody is registered, and nobody would take what waits. */
async function prepared(): Promise<World> {
  const world = await createWorld({ people: 1 });
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
  return world;
}

async function takenBy(pid: number, address: string, times: number): Promise<Taken> {
  const before = cpuMs(pid);
  const rate = async (nth: number) => {
    using cpu = createFineCpu(pid);
    const perS = await perSecond(address, nth);
    return { perS, threads: eachOf(cpu.byThread(), nth * NAMES) };
  };
  const first = await rate(1);
  const again = await rate(times - 1);
  return {
    first: first.perS,
    again: again.perS,
    inAll: times / (1 / first.perS + (times - 1) / again.perS),
    cpu: (cpuMs(pid) - before) / (times * NAMES),
    threads: { first: first.threads, again: again.threads },
  };
}

/** Registers all names the given number of times. */
export async function perSecond(address: string, times: number): Promise<number> {
  if (registerDownloader === undefined) throw new Error("bot.proto has no RegisterDownloader");
  const { path, requestSerialize, responseDeserialize } = registerDownloader;
  const client = new Client(address, credentials.createInsecure());
  const register = (nth: number) =>
    new Promise<void>((resolve, reject) => {
      const at = { server_host: "127.0.0.1", server_port: 1 + nth };
      const request = { server_name: `server ${nth}`, allowed_roots: ROOTS, ...at };
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  const all = Array.from({ length: times * NAMES }, (_, index) => index % NAMES).values();
  const startedAt = performance.now();
  const worker = async () => {
    for (const nth of all) await register(nth);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  client.close();
  return (times * NAMES) / seconds;
}
