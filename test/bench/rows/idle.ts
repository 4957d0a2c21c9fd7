import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBare } from "../bare/build.ts";
import type { Effort, Result } from "../figures.ts";
import { startKept } from "../world/kept-life.ts";
import { commits, cpuMs, wakeUps, wakeUpsBetween, writtenBytes } from "../world/process-figures.ts";
import { createWorld, FIRST_CHAT } from "../world/world.ts";

/*
 * B9: what the bot costs while there is nothing to do, and while links wait for downloaders that are all dead and Telegram is
 * away.
 */

const CHATS = 1_000;
const WAITING = 10_000;
const MINUTE_MS = 60_000;
/** What comes with the start is over by then: a look at each link, tries at who is away, and the first call to each downloader. */
const SETTLES_MS = 75_000;
const LIMIT = `A tick costs a millisecond or two, half of it because its code has not run for five seconds; a call of a downloader, once a minute
each, some more. Bun itself wakes once a second to look at its heap as long as that changes at all, and with each wake-up the thread
of its allocator. The bare libraries do nothing but wait.`;

/** What one life has cost while it was looked at. */
interface Quiet {
  readonly case: string;
  readonly cpuSecondsPerHour: number;
  readonly wakeUpsPerSecond: number;
  readonly commits: number;
  readonly writtenBytes: number;
}

/** B9. */
export async function idle({ isShort }: Effort): Promise<Result> {
  const forMs = isShort ? MINUTE_MS : 3 * MINUTE_MS;
  const lives = await Promise.all([
    bare(forMs),
    live({ case: "nothing to do", links: 0, isDead: false, interval: "5s", forMs }),
    live({ case: "all downloaders and Telegram away", links: WAITING, isDead: true, interval: "5s", forMs }),
    live({ case: "the same, looking every second", links: WAITING, isDead: true, interval: "1s", forMs }),
  ]);
  const [bareLibraries, quiet, dead, eager] = lives;
  const share = (one: Quiet | undefined) => ((one?.cpuSecondsPerHour ?? Number.NaN) / 3600) * 100;
  return {
    row: "B9",
    title: `idle, and with ${WAITING} links that nobody can take`,
    head: ["case", "CPU s an hour", "% of a core", "wake-ups/s", "commits", "bytes written"],
    lines: lives.map((one) => [
      one.case,
      one.cpuSecondsPerHour,
      share(one),
      one.wakeUpsPerSecond,
      one.commits,
      one.writtenBytes,
    ]),
    verdicts: [
      { what: "idle: CPU s an hour", measured: quiet?.cpuSecondsPerHour ?? Number.NaN, bound: { most: 2 } },
      { what: "all dead: % of a core", measured: share(dead), bound: { most: 1 } },
      { what: "all dead, every second: % of a core", measured: share(eager), bound: { most: 1 } },
      ...[quiet, dead, eager]
        .flatMap((one) => one ?? [])
        .map((one) => ({ what: `${one.case}: bytes written`, measured: one.writtenBytes, bound: { most: 0 } })),
    ],
    limit: LIMIT,
    details: { forMs, bareLibraries, lives },
  };
}

async function live(of: {
  case: string;
  links: number;
  isDead: boolean;
  interval: string;
  forMs: number;
}): Promise<Quiet> {
  await using world = await createWorld({ people: CHATS });
  world.prepare((store) => {
    const now = Date.now();
    for (let index = 0; index < of.links; index += 1) {
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
      if (added !== undefined) store.links.update(added.id, { promptId: of.links + index, promptedAt: now });
    }
  });
  if (of.isDead) {
    await world.telegram.ask({ do: "closes" });
    for (const downloader of world.downloaders) await downloader.ask({ do: "closes" });
  }
  const { pid } = await world.startBot({ dispatch: { interval: of.interval } });
  // Awaited here: the world ends with this.
  return await look(of.case, pid, { forMs: of.forMs, commits: () => commits(world.database) });
}

/** The bot's libraries in a binary that does nothing with them. */
async function bare(forMs: number): Promise<Quiet> {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));
  const life = await startKept({ command: [await buildBare(folder)], cwd: folder, env: {}, args: [] });
  await life.says("ready");
  const quiet = await look("bare libraries", life.pid, { forMs, commits: () => 0 });
  await life.kill();
  rmSync(folder, { recursive: true, force: true });
  return quiet;
}

async function look(name: string, pid: number, of: { forMs: number; commits: () => number }): Promise<Quiet> {
  await Bun.sleep(SETTLES_MS);
  const figures = () => ({
    cpu: cpuMs(pid),
    wakeUps: wakeUps(pid),
    commits: of.commits(),
    written: writtenBytes(pid),
    at: performance.now(),
  });
  const before = figures();
  await Bun.sleep(of.forMs);
  const after = figures();
  const seconds = (after.at - before.at) / 1000;
  return {
    case: name,
    cpuSecondsPerHour: (((after.cpu - before.cpu) / 1000) * 3600) / seconds,
    wakeUpsPerSecond: wakeUpsBetween(before.wakeUps, after.wakeUps) / seconds,
    commits: after.commits - before.commits,
    writtenBytes: after.written - before.written,
  };
}
