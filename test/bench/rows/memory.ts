import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Life } from "../../support/binary/life.ts";
import { buildBare } from "../bare/build.ts";
import { type Effort, median, type Result, rounded } from "../figures.ts";
import { startKept } from "../world/kept-life.ts";
import { cpuByThread, rssMiB, type ThreadTimes } from "../world/process-figures.ts";
import { inCells, inPercent, type Part, profileOfStarts, profilingInto } from "../world/profile.ts";
import { createWorld, type World } from "../world/world.ts";
import { prepareDrain } from "./drain.ts";
import { fill } from "./tick.ts";

/*
 * B5: the start, and resident memory: idle, compared with a binary of the same libraries; with many waiting links; and after many have been
 * sent.
 */

const QUEUED = 100_000;
/** By then the memory of the start has been given back, as far as it ever is. */
const SETTLES_MS = 10_000;
const LOOKS_EVERY_MS = 100;
/** Starts in each round, in turn; the last of each kind stays, and its memory settles. */
const STARTS = 8;
/** How many starts are profiled: a single one has too few samples. */
const PROFILED = 8;
/** Until then memory is still settling, and does not show whether it grows. */
const FEWEST_TO_JUDGE = 20_000;

/** B5. */
export async function memory({ rounds, dispatches }: Effort): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));
  const bare = await buildBare(folder, "libraries.ts");
  const starts = { bot: [] as number[], bare: [] as number[] };
  const threads = { bot: [] as ThreadTimes[], bare: [] as ThreadTimes[] };
  const idle = { bot: [] as Resident[], bare: [] as Resident[] };
  const startBare = async () => {
    const life = await startKept({ command: [bare], cwd: folder, env: {}, args: [] });
    await life.says("ready");
    return life;
  };
  const start = async (by: "bot" | "bare", begin: () => Promise<Life>) => {
    const startedAt = performance.now();
    const life = await begin();
    starts[by].push(performance.now() - startedAt);
    threads[by].push(cpuByThread(life.pid));
    return life;
  };
  for (let round = 0; round < rounds; round += 1) {
    await using world = await createWorld({ people: 1 });
    world.prepare(() => undefined);
    for (let nth = 1; nth < STARTS; nth += 1) {
      await (await start("bot", () => world.startBot())).stop();
      await (await start("bare", startBare)).kill();
    }
    const bot = await start("bot", () => world.startBot());
    await Bun.sleep(SETTLES_MS);
    idle.bot.push(resident(bot.pid));
    await bot.kill();
    const libraries = await start("bare", startBare);
    await Bun.sleep(SETTLES_MS);
    idle.bare.push(resident(libraries.pid));
    await libraries.kill();
  }
  rmSync(folder, { recursive: true, force: true });
  const queued = await withQueue();
  const [half, whole] = await afterDispatches(dispatches);
  const spent = await profiledStarts();
  const of = (figures: readonly Resident[], part: keyof Resident) => median(figures.map((one) => one[part]));
  const base = of(idle.bare, "all");
  const line = (what: string, part: keyof Resident) => {
    const [bot, bare] = [of(idle.bot, part), of(idle.bare, part)];
    return [what, bot, bare, bot / bare];
  };
  const thread = (what: string, of: keyof ThreadTimes) => {
    const [bot, bare] = [median(threads.bot.map((one) => one[of])), median(threads.bare.map((one) => one[of]))];
    return [what, bot, bare, bot / bare];
  };
  return {
    row: "B5",
    title: "start and resident memory",
    head: ["", "bot", "bare libraries", "ratio"],
    lines: [
      ["start, ms", median(starts.bot), median(starts.bare), median(starts.bot) / median(starts.bare)],
      thread("ms CPU of the start: the event loop", "main"),
      thread("ms CPU of the start: threads that compile", "compilers"),
      thread("ms CPU of the start: threads that collect garbage", "collectors"),
      line("idle, MiB", "all"),
      line("of that: heap, stacks and code that was compiled", "own"),
      line("of that: pages of the executable and of libraries", "files"),
      [`${QUEUED} links wait, MiB`, queued, base, queued / base],
      [`after ${dispatches / 2} dispatches, MiB`, half, base, half / base],
      [`after ${dispatches} dispatches, MiB`, whole, base, whole / base],
    ],
    verdicts: [
      {
        what: "start beside the bare libraries",
        measured: median(starts.bot) / median(starts.bare),
        bound: { most: 1.3 },
      },
      { what: "idle beside the bare libraries", measured: of(idle.bot, "all") / base, bound: { most: 1.3 } },
      { what: `${QUEUED} links beside the bare libraries`, measured: queued / base, bound: { most: 1.3 } },
      ...(dispatches < FEWEST_TO_JUDGE
        ? []
        : [
            {
              what: "the second half of the dispatches beside the first",
              measured: whole / half,
              bound: { most: 1.1 },
            },
          ]),
    ],
    limit: limitOf({
      more: (part) => rounded(of(idle.bot, part) - of(idle.bare, part)),
      forQueue: rounded(queued - of(idle.bot, "all")),
      parts: spent.parts,
    }),
    profile: inCells(spent),
    details: { starts, threads, idle, queued, half, whole },
  };
}

/** Resident memory by kind, in MiB. */
interface Resident {
  readonly all: number;
  readonly own: number;
  readonly files: number;
}

function resident(pid: number): Resident {
  return { all: rssMiB(pid), own: rssMiB(pid, "RssAnon"), files: rssMiB(pid, "RssFile") };
}

/** The figures of the run in words; `more`: how much more the idle bot has, in MiB. */
function limitOf(of: { more: (part: keyof Resident) => number; forQueue: number; parts: readonly Part[] }): string {
  const { more, forQueue } = of;
  const parts = of.parts.map(({ what, share }) => `${what} ${inPercent(share)}`).join(", ");
  return [
    `Both load the same libraries. According to a profile of ${PROFILED} starts, the bot's consists of: ${parts}. What it takes beyond`,
    "the bare libraries is its own four hundred and seventy modules, the descriptions of its tables, three more contracts, and work that they do not do",
    "at all: the config is read and checked, the database examined, statements prepared. Nearly all of that runs once, in the interpreter.",
    `Of the ${more("all")} MiB beyond theirs, ${more("files")} are pages of the executable, which contain that code, and ${more("own")} its heap:`,
    `functions that have run, which the engine keeps until they have not been needed for a while. Waiting links take ${forQueue} more: pages of the database.`,
  ].join("\n");
}

/** Where the time of a start goes, in separate runs. */
async function profiledStarts() {
  await using world = await createWorld({ people: 1 });
  world.prepare(() => undefined);
  const folder = join(world.folder, "profiles");
  const until: number[] = [];
  for (let nth = 0; nth < PROFILED; nth += 1) until.push(await profiledStart(world, folder));
  return profileOfStarts(folder, until);
}

/** When downloaders could register, in ms since the epoch. */
async function profiledStart(world: World, folder: string): Promise<number> {
  const life = await world.startBot({}, { BUN_OPTIONS: profilingInto(folder) });
  const { time } = await life.logs("Downloaders can register");
  await life.stop();
  return Date.parse(time);
}

async function withQueue(): Promise<number> {
  await using world = await createWorld({ people: 1 });
  world.prepare(() => undefined);
  fill(world.database, QUEUED);
  const database = new Database(world.database, { readwrite: true });
  database.run(`update links set send_at = ${Date.now() + 86_400_000}, prompt_id = id, prompted_at = ${Date.now()}`);
  database.close();
  const { pid } = await world.startBot();
  await Bun.sleep(SETTLES_MS);
  return rssMiB(pid);
}

/**
 * Memory while many links are sent and their downloads end: the medians over the second quarter and over the last quarter of the links,
 * because a single look may be just before or after a garbage collection.
 */
async function afterDispatches(dispatches: number): Promise<readonly [half: number, whole: number]> {
  const { world: made } = await prepareDrain(dispatches);
  await using world = made;
  // Downloads that never end are asked for again and again, and each answer lists all of them.
  for (const downloader of world.downloaders) await downloader.ask({ do: "works" });
  const { pid } = await world.startBot();
  const looks: { readonly accepted: number; readonly mib: number }[] = [];
  for (let accepted = 0; accepted < dispatches; ) {
    await Bun.sleep(LOOKS_EVERY_MS);
    accepted = (await world.accepted()).accepted;
    looks.push({ accepted, mib: rssMiB(pid) });
  }
  const until = (count: number) =>
    median(looks.flatMap(({ accepted, mib }) => (accepted > count - dispatches / 4 && accepted <= count ? mib : [])));
  return [until(dispatches / 2), until(dispatches)];
}
