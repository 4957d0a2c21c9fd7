import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBare } from "../bare/build.ts";
import { type Effort, median, type Result, rounded } from "../figures.ts";
import { startKept } from "../world/kept-life.ts";
import { rssMiB } from "../world/process-figures.ts";
import { createWorld } from "../world/world.ts";
import { prepareDrain } from "./drain.ts";
import { fill } from "./tick.ts";

/*
 * B5: the start, and resident memory: idle, beside a binary of the same libraries, with many links that wait, and after many
 * that have gone.
 */

const QUEUED = 100_000;
/** Memory of the start has been given back, as far as it is. */
const SETTLES_MS = 10_000;
const LOOKS_EVERY_MS = 100;
/** Until then memory is still finding its size, and whether it grows is not to be seen. */
const FEWEST_TO_JUDGE = 20_000;

/** B5. */
export async function memory({ rounds, dispatches }: Effort): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));
  const bare = await buildBare(folder, "libraries.ts");
  const starts = { bot: [] as number[], bare: [] as number[] };
  const idle = { bot: [] as Resident[], bare: [] as Resident[] };
  for (let round = 0; round < rounds; round += 1) {
    {
      await using world = await createWorld({ people: 1 });
      world.prepare(() => undefined);
      const startedAt = performance.now();
      const life = await world.startBot();
      starts.bot.push(performance.now() - startedAt);
      await Bun.sleep(SETTLES_MS);
      idle.bot.push(resident(life.pid));
    }
    const startedAt = performance.now();
    const life = await startKept({ command: [bare], cwd: folder, env: {}, args: [] });
    await life.says("ready");
    starts.bare.push(performance.now() - startedAt);
    await Bun.sleep(SETTLES_MS);
    idle.bare.push(resident(life.pid));
    await life.kill();
  }
  rmSync(folder, { recursive: true, force: true });
  const queued = await withQueue();
  const [half, whole] = await afterDispatches(dispatches);
  const of = (figures: readonly Resident[], part: keyof Resident) => median(figures.map((one) => one[part]));
  const base = of(idle.bare, "all");
  const line = (what: string, part: keyof Resident) => {
    const [bot, bare] = [of(idle.bot, part), of(idle.bare, part)];
    return [what, bot, bare, bot / bare];
  };
  return {
    row: "B5",
    title: "start and resident memory",
    head: ["", "bot", "bare libraries", "ratio"],
    lines: [
      ["start, ms", median(starts.bot), median(starts.bare), median(starts.bot) / median(starts.bare)],
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
    limit: limitOf((part) => rounded(of(idle.bot, part) - of(idle.bare, part)), rounded(queued - of(idle.bot, "all"))),
    details: { starts, idle, queued, half, whole },
  };
}

/** Resident memory by what it is, in MiB. */
interface Resident {
  readonly all: number;
  readonly own: number;
  readonly files: number;
}

function resident(pid: number): Resident {
  return { all: rssMiB(pid), own: rssMiB(pid, "RssAnon"), files: rssMiB(pid, "RssFile") };
}

/** In words, by the figures of the run; `more`: how much more the idle bot has, in MiB. */
function limitOf(more: (part: keyof Resident) => number, forQueue: number): string {
  return [
    "Both load the same libraries. What the bot's start takes beyond them is its own four hundred modules and the descriptions of its tables,",
    "two more contracts, and what the bare libraries do not do at all: the database is checked and looked through, each statement is made,",
    `and Telegram is called. Of the ${more("all")} MiB beyond theirs, ${more("files")} are pages of the executable, in which that code lies, and ${more("own")} its heap:`,
    `functions that have run, as the engine keeps them until it has not needed them for a while. Links that wait take ${forQueue} more: pages of the database.`,
  ].join("\n");
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
 * Memory while many links go, and their downloads end: the median of the second half of what went until the half, and until the end,
 * since one look may be just before or after a collection of garbage.
 */
async function afterDispatches(dispatches: number): Promise<readonly [half: number, whole: number]> {
  const { world: made } = await prepareDrain(dispatches);
  await using world = made;
  // What is never done is asked for again and again, and each answer names all of it.
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
