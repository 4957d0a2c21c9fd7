import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Life } from "../../support/binary/life.ts";
import { TOKEN } from "../../support/binary.ts";
import { buildBare } from "../bare/build.ts";
import type { WaitingGiven } from "../bare/waiting.ts";
import { type Effort, type Result, rounded } from "../figures.ts";
import { startKept } from "../world/kept-life.ts";
import {
  commits,
  createFineCpu,
  eachOf,
  increase,
  type ThreadTimes,
  wakeUps,
  writtenBytes,
} from "../world/process-figures.ts";
import { createWorld, FIRST_CHAT, type World } from "../world/world.ts";

/*
 * B9: what the bot costs while there is nothing to do, and while links wait for downloaders that are all dead and Telegram is away.
 * Everything is measured in the same minutes, each bot next to a process that does the minimum in the same situation.
 */

const CHATS = 1_000;
const WAITING = 10_000;
const MINUTE_MS = 60_000;
/** By then the work of the start is over: a look at each link, tries to reach those that are away, the first call to each downloader. */
const SETTLES_MS = 75_000;
/** Makes the allocator give no memory back, which shows what its thread costs. */
const KEEPS_MEMORY: Env = { MIMALLOC_PURGE_DELAY: "-1" };
/** How often the bot calls a downloader that answers, and one that does not (`src/service/fleet/health-monitor.ts`). */
const CALL_MS = { alive: MINUTE_MS, dead: MINUTE_MS / 4 };

type Env = Readonly<Record<string, string>>;

interface Case {
  readonly name: string;
  readonly isDead: boolean;
  readonly tickMs: number;
}

const IDLE: Case = { name: "nothing to do", isDead: false, tickMs: 5_000 };
const DEAD: Case = { name: "all downloaders and Telegram away", isDead: true, tickMs: 5_000 };
const EAGER: Case = { name: "the same, looking every second", isDead: true, tickMs: 1_000 };
const CASES = [IDLE, DEAD, EAGER];

/** What one process cost while it was measured. */
interface Quiet {
  readonly cpuSecondsPerHour: number;
  /** The same by thread. */
  readonly threads: ThreadTimes;
  readonly wakeUpsPerSecond: number;
  readonly commits: number;
  readonly writtenBytes: number;
}

/** B9. */
export async function idle({ isShort }: Effort): Promise<Result> {
  const forMs = isShort ? MINUTE_MS : 3 * MINUTE_MS;
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));
  const libraries = await buildBare(folder, "libraries.ts");
  const waiting = await buildBare(folder, "waiting.ts");
  const [loaded, keeping, pairs] = await Promise.all([
    bare([libraries], { forMs }),
    live(IDLE, { forMs, env: KEEPS_MEMORY }),
    Promise.all(
      CASES.map(async (one) => {
        const [bot, least] = await Promise.all([live(one, { forMs }), waits(waiting, { of: one, forMs })]);
        return { ...one, bot, least, ratio: bot.cpuSecondsPerHour / least.cpuSecondsPerHour };
      }),
    ),
  ]);
  rmSync(folder, { recursive: true, force: true });
  const line = (name: string, by: string, one: Quiet, ratio: number | string) => [
    ...[name, by, one.cpuSecondsPerHour, one.threads.main, one.threads.allocator],
    ...[ratio, shareOfCore(one), one.wakeUpsPerSecond],
    ...(by === "bot" ? [one.commits, one.writtenBytes] : ["–", "–"]),
  ];
  const [quiet, dead, eager] = pairs;
  return {
    row: "B9",
    title: `idle, and with ${WAITING} links that nobody can take`,
    head: [
      ...["case", "by", "CPU s an hour", "of that: the event loop", "the allocator's thread"],
      ...["beside the least", "% of a core", "wake-ups/s", "commits", "bytes written"],
    ],
    lines: [
      line("nothing but loaded", "bare libraries", loaded, "–"),
      line("nothing to do, no memory given back", "bot", keeping, "–"),
      ...pairs.flatMap(({ name, bot, least, ratio }) => [
        line(name, "the least", least, 1),
        line(name, "bot", bot, ratio),
      ]),
    ],
    verdicts: [
      { what: "idle: CPU s an hour", measured: quiet?.bot.cpuSecondsPerHour ?? Number.NaN, bound: { most: 2 } },
      { what: "all dead: % of a core", measured: shareOfCore(dead?.bot), bound: { most: 1 } },
      { what: "all dead, every second: % of a core", measured: shareOfCore(eager?.bot), bound: { most: 1 } },
      ...pairs.map(({ name, ratio }) => ({ what: `${name}: beside the least`, measured: ratio, bound: { most: 2 } })),
      ...pairs.map(({ name, bot }) => ({
        what: `${name}: bytes written`,
        measured: bot.writtenBytes,
        bound: { most: 0 },
      })),
    ],
    limit: limitOf({ loaded, least: quiet?.least, idle: quiet?.bot, keeping }),
    details: { forMs, loaded, keeping, pairs },
  };
}

/** The figures of the run in words: of the libraries alone, the minimum, the idle bot by thread, and one whose allocator gives nothing back. */
function limitOf(
  of: Readonly<Record<"loaded" | "keeping", Quiet> & Record<"least" | "idle", Quiet | undefined>>,
): string {
  const hourly = (one: Quiet | undefined) => rounded(one?.cpuSecondsPerHour ?? Number.NaN);
  const by = (thread: keyof ThreadTimes) => rounded(of.idle?.threads[thread] ?? Number.NaN);
  return [
    `The libraries take ${hourly(of.loaded)} s per hour if they are only loaded, and a process that keeps a long poll and a server, calls`,
    `the downloaders as often and does nothing at each tick takes ${hourly(of.least)}: no bot with these wake-ups can take less.`,
    "A tick does not ask the database while nothing was written and nothing has become due; what is left is the wake-up itself, with code",
    `that has not run for five seconds. Of the bot's ${hourly(of.idle)} s per hour the event loop takes ${by("main")}, the threads that compile what runs there again ${by("compilers")}, those that`,
    `help to collect garbage ${by("collectors")}, the allocator's, which gives back what was used, ${by("allocator")}, and Bun's others ${by("others")}. One whose allocator gives nothing back takes`,
    `${hourly(of.keeping)}, and keeps the memory of its busiest hour for ever. Twice as`,
    "often as a tick, Bun's timers wake it: of sockets every four seconds, of the heap every second after it has changed. Dead downloaders are",
    "called four times a minute for the first ten minutes, so that links go within a tick or two when they are back, and once a minute after that;",
    "these calls are two thirds of what the bot does then. There are too few samples of all this for a profile: a second has 2 ms of work.",
  ].join("\n");
}

function shareOfCore(one: Quiet | undefined): number {
  return ((one?.cpuSecondsPerHour ?? Number.NaN) / 3600) * 100;
}

async function live(one: Case, { forMs, env = {} }: { forMs: number; env?: Env }): Promise<Quiet> {
  const { world: made, bot } = await begin(one, env);
  await using world = made;
  // Awaited here: the world ends with this.
  return await look(bot.pid, { forMs, commits: () => commits(world.database) });
}

async function begin({ isDead, tickMs }: Case, env: Env = {}): Promise<{ world: World; bot: Life }> {
  const world = await createWorld({ people: CHATS });
  world.prepare((store) => {
    const now = Date.now();
    for (let index = 0; index < (isDead ? WAITING : 0); index += 1) {
      const chat = { chatId: FIRST_CHAT + (index % CHATS), threadId: null, messageId: index, sender: "ann" };
      const url = `https://youtube.com/watch?v=${index}`;
      const link = {
        ...chat,
        url,
        key: url.slice(8),
        quality: "best",
        folder: null,
        sendAt: now,
        createdAt: now,
      } as const;
      const added = store.links.add(link);
      if (added !== undefined) store.links.update(added.id, { promptId: WAITING + index, promptedAt: now });
    }
  });
  if (isDead) await die(world);
  return { world, bot: await world.startBot({ dispatch: { interval: `${tickMs}ms` } }, env) };
}

async function die({ telegram, downloaders }: World): Promise<void> {
  await telegram.ask({ do: "closes" });
  for (const downloader of downloaders) await downloader.ask({ do: "closes" });
}

/** The process that does the minimum in such a situation. */
async function waits(binary: string, { of: { isDead, tickMs }, forMs }: { of: Case; forMs: number }): Promise<Quiet> {
  await using world = await createWorld({ people: 1 });
  if (isDead) await die(world);
  const { root, ports: downloaders } = world;
  const given: WaitingGiven = {
    root,
    token: TOKEN,
    downloaders,
    tickMs,
    callMs: isDead ? CALL_MS.dead : CALL_MS.alive,
  };
  return await bare([binary, JSON.stringify(given)], { forMs });
}

async function bare(command: readonly string[], { forMs }: { forMs: number }): Promise<Quiet> {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));
  const life = await startKept({ command, cwd: folder, env: {}, args: [] });
  await life.says("ready");
  const quiet = await look(life.pid, { forMs, commits: () => 0 });
  await life.kill();
  rmSync(folder, { recursive: true, force: true });
  return quiet;
}

async function look(pid: number, of: { forMs: number; commits: () => number }): Promise<Quiet> {
  await Bun.sleep(SETTLES_MS);
  using cpu = createFineCpu(pid);
  const figures = () => ({
    wakeUps: wakeUps(pid),
    commits: of.commits(),
    written: writtenBytes(pid),
    at: performance.now(),
  });
  const before = figures();
  await Bun.sleep(of.forMs);
  const after = figures();
  const seconds = (after.at - before.at) / 1000;
  // ms in a number of seconds are as many s in as many thousand seconds.
  const threads = eachOf(cpu.byThread(), seconds / 3.6);
  return {
    cpuSecondsPerHour: Object.values(threads).reduce((sum, one) => sum + one, 0),
    threads,
    wakeUpsPerSecond: increase(before.wakeUps, after.wakeUps) / seconds,
    commits: after.commits - before.commits,
    writtenBytes: after.written - before.written,
  };
}
