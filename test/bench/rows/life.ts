import { type Effort, median, type Result } from "../figures.ts";
import { commits, cpuMs } from "../world/process-figures.ts";
import { hottest } from "../world/profile.ts";
import { createWorld, FIRST_CHAT, type World } from "../world/world.ts";
import { callsIn } from "./drain.ts";

/*
 * B7: what a link costs from the message to the deletion of the last message about it, a press included: many at once, and one
 * a second with people who look at their lists.
 */

const CHATS = 500;
const PEOPLE = 10;
const SECOND = 1_000;
/** Beyond the last message that goes. */
const SETTLES_MS = 2_000;
/** What everybody does: sends a link now, and reads what has come. */
const PRESSES = { buttons: ["Now", "OK"] };
const PROFILED_S = 20;
/** Each life begins with as many seconds that do not count. */
const WARM_UP_S = 10;

interface Cost {
  readonly cpuMsPerLink: number;
  readonly callsPerLink: number;
  readonly commitsPerLink: number;
  readonly calls: Readonly<Record<string, number>>;
}

/** B7. */
export async function life({ isShort, rounds }: Effort): Promise<Result> {
  const bursts: Cost[] = [];
  const trickles: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bursts.push(await burst(isShort ? 1 : 4));
    trickles.push(await trickle(isShort ? 30 : 120));
  }
  const of = (costs: readonly Cost[], figure: (cost: Cost) => number) => median(costs.map(figure));
  const line = (name: string, costs: readonly Cost[]) => [
    name,
    of(costs, ({ cpuMsPerLink }) => cpuMsPerLink),
    of(costs, ({ callsPerLink }) => callsPerLink),
    of(costs, ({ commitsPerLink }) => commitsPerLink),
  ];
  return {
    row: "B7",
    title: "a link's whole life: message, prompt, press, dispatch, in work, done, deletions",
    head: ["how", "ms CPU a link", "Bot API calls a link", "commits a link"],
    lines: [line("all at once", bursts), line("one a second, with lists", trickles)],
    verdicts: [
      {
        what: "ms CPU a link, all at once",
        measured: of(bursts, ({ cpuMsPerLink }) => cpuMsPerLink),
        bound: { most: 2 },
      },
      {
        what: "ms CPU a link, one a second with presses and lists",
        measured: of(trickles, ({ cpuMsPerLink }) => cpuMsPerLink),
        bound: { most: 15 },
      },
    ],
    profile: await profiled(),
    details: { bursts, trickles },
  };
}

async function begin(config: Readonly<Record<string, unknown>>) {
  const world = await createWorld({ people: CHATS });
  for (const downloader of world.downloaders) await downloader.ask({ do: "works" });
  world.prepare(() => undefined);
  const bot = await world.startBot(config);
  await world.telegram.ask({ do: "press", ...PRESSES });
  await Bun.sleep(SECOND);
  return { world, bot, pid: bot.pid };
}

async function figures(world: World, pid: number) {
  const { calls, deleted } = await world.telegramCounts();
  return { cpu: cpuMs(pid), calls, deleted, commits: commits(world.database) };
}

type Figures = Awaited<ReturnType<typeof figures>>;

function cost(before: Figures, after: Figures, links: number): Cost {
  const calls = Object.fromEntries(
    Object.entries(after.calls).map(([method, count]) => [method, count - (before.calls[method] ?? 0)]),
  );
  return {
    cpuMsPerLink: (after.cpu - before.cpu) / links,
    callsPerLink: callsIn(calls) / links,
    commitsPerLink: (after.commits - before.commits) / links,
    calls,
  };
}

/**
 * Everybody sends a link each, and all of them again when everything of it is over; the first time, when the code is new, does
 * not count.
 */
async function burst(times: number): Promise<Cost> {
  const { world: made, pid } = await begin({ dispatch: { interval: "1s" } });
  await using world = made;
  let before = await figures(world, pid);
  for (let nth = 1; nth <= 1 + times; nth += 1) {
    const messages = Array.from({ length: CHATS }, (_, index) => [FIRST_CHAT + index, `https://x.org/${nth}-${index}`]);
    await world.telegram.ask({ do: "send", messages });
    // The message, its prompt, and the news that it is done.
    await world.telegram.ask({ do: "reached", what: "deleted", count: 3 * CHATS * nth });
    await Bun.sleep(SETTLES_MS);
    if (nth === 1) before = await figures(world, pid);
  }
  return cost(before, await figures(world, pid), CHATS * times);
}

/** Where the time of a burst goes, in a life of its own. */
async function profiled(): Promise<string[][]> {
  const { world: made, bot } = await begin({ dispatch: { interval: "1s" } });
  await using world = made;
  const hot = hottest(bot, PROFILED_S);
  for (const nth of [1, 2]) {
    const messages = Array.from({ length: CHATS }, (_, index) => [FIRST_CHAT + index, `https://x.org/${nth}-${index}`]);
    await world.telegram.ask({ do: "send", messages });
  }
  return await hot;
}

/** Ten people in turn; one of them looks at the queue every five seconds, and at the servers every twenty. */
async function trickle(seconds: number): Promise<Cost> {
  const { world: made, pid } = await begin({});
  await using world = made;
  let before = await figures(world, pid);
  for (let second = 1; second <= WARM_UP_S + seconds; second += 1) {
    const chatId = FIRST_CHAT + (second % PEOPLE);
    const lists = [...(second % 5 === 0 ? ["/queue"] : []), ...(second % 20 === 0 ? ["/status"] : [])];
    const messages = [`https://x.org/${second}`, ...lists].map((text) => [chatId, text]);
    await world.telegram.ask({ do: "send", messages });
    await Bun.sleep(SECOND);
    if (second === WARM_UP_S) before = await figures(world, pid);
  }
  return cost(before, await figures(world, pid), seconds);
}
