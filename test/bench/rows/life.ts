import { join } from "node:path";
import type { LifeGiven } from "../bare/life.ts";
import { type Effort, median, type Result, rounded } from "../figures.ts";
import { startChild } from "../world/child.ts";
import { commits, cpuMs, createFineCpu, eachOf, type ThreadTimes } from "../world/process-figures.ts";
import { hottest } from "../world/profile.ts";
import { createWorld, FIRST_CHAT, type World } from "../world/world.ts";
import { callsIn } from "./drain.ts";

/*
 * B7: what a link costs from the message to the deletion of the last message about it, a press included: many at once, and one
 * a second with people who look at their lists. In turn with the bot a bare client, which makes as many calls and commits.
 */

const CHATS = 500;
const PEOPLE = 10;
const SECOND = 1_000;
/** As it is where the config says nothing else. */
const TICK_MS = 5_000;
/** Beyond the last message that goes. */
const SETTLES_MS = 2_000;
const BARE = join(import.meta.dir, "../bare/life.ts");
/** `threads`: of the bot at one link a second, in ms a link. */
const limitOf = (
  threads: (thread: keyof ThreadTimes) => number,
) => `The bare client makes the same calls to Telegram and the servers, and as many commits, each of a single statement; beyond it the
bot reads and writes what has to survive a kill, knows who may do what, draws what is shown, and follows each download. One link a second
shares nothing with another: no transaction, no call, and code that has not run for a second is compiled anew now and then:
of a link's ms the event loop has ${rounded(threads("main"))}, the threads that compile ${rounded(threads("compilers"))}, those that help to collect garbage ${rounded(threads("collectors"))}.`;
/** What everybody does: sends a link now, and reads what has come. */
const PRESSES = { buttons: ["Now", "OK"] };
const PROFILED_S = 20;
/** So many seconds do not count: as long as a link lives at one a second, so that in each of the others one comes and one goes. */
const WARM_UP_S = 35;

/** One life: of the bot, or of a client that does as much as the bot did. */
type Player = { readonly by: "bot" } | { readonly by: "bare"; readonly like: Cost };

interface Cost {
  readonly cpuMsPerLink: number;
  readonly callsPerLink: number;
  readonly commitsPerLink: number;
  readonly calls: Readonly<Record<string, number>>;
  /** Of `cpuMsPerLink`, where it is known. */
  readonly threads?: ThreadTimes;
}

/** B7. */
export async function life({ isShort, rounds }: Effort): Promise<Result> {
  const bursts = { bot: [] as Cost[], bare: [] as Cost[] };
  const trickles = { bot: [] as Cost[], bare: [] as Cost[] };
  for (let round = 0; round < rounds; round += 1) {
    const many = await burst({ by: "bot" }, isShort ? 1 : 4);
    bursts.bot.push(many);
    bursts.bare.push(await burst({ by: "bare", like: many }, isShort ? 1 : 4));
    const few = await trickle({ by: "bot" }, isShort ? 30 : 120);
    trickles.bot.push(few);
    trickles.bare.push(await trickle({ by: "bare", like: few }, isShort ? 30 : 120));
  }
  const of = (costs: readonly Cost[], figure: (cost: Cost) => number) => median(costs.map(figure));
  const cpu = (costs: readonly Cost[]) => of(costs, ({ cpuMsPerLink }) => cpuMsPerLink);
  const lines = (name: string, { bot, bare }: typeof bursts) => [
    line([name, "bot", cpu(bot) / cpu(bare)], bot),
    line([name, "bare", 1], bare),
  ];
  const line = ([name, by, ratio]: readonly [string, string, number], costs: readonly Cost[]) => [
    ...[name, by],
    cpu(costs),
    ratio,
    of(costs, ({ callsPerLink }) => callsPerLink),
    of(costs, ({ commitsPerLink }) => commitsPerLink),
  ];
  return {
    row: "B7",
    title: "a link's whole life: message, prompt, press, dispatch, in work, done, deletions",
    head: ["how", "by", "ms CPU a link", "beside the bare client", "Bot API calls a link", "commits a link"],
    lines: [...lines("all at once", bursts), ...lines("one a second, with lists", trickles)],
    verdicts: [
      {
        what: "ms CPU a link, all at once",
        measured: cpu(bursts.bot),
        bound: { most: 2 },
      },
      {
        what: "ms CPU a link, one a second with presses and lists",
        measured: cpu(trickles.bot),
        bound: { most: 15 },
      },
    ],
    limit: limitOf((thread) => of(trickles.bot, ({ threads }) => threads?.[thread] ?? 0)),
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

/** The bot, or the client, in a world of its own. */
async function play(player: Player, tickMs: number) {
  if (player.by === "bot") {
    const { world, pid } = await begin({ dispatch: { interval: `${tickMs}ms` } });
    return { world, pid, figures: () => figures(world, { pid, commits: async () => commits(world.database) }) };
  }
  const { callsPerLink, commitsPerLink } = player.like;
  await using parts = new AsyncDisposableStack();
  const world = parts.use(await createWorld({ people: CHATS }));
  for (const downloader of world.downloaders) await downloader.ask({ do: "works" });
  const client = parts.use(await startChild(BARE));
  const perLink = { calls: callsPerLink, commits: commitsPerLink };
  const given: LifeGiven = {
    ...{ root: world.root, ports: world.ports, database: join(world.folder, "bare.db"), tickMs, perLink },
  };
  await client.ask({ do: "serve", ...given });
  await world.telegram.ask({ do: "press", ...PRESSES });
  await Bun.sleep(SECOND);
  const alive = parts.move();
  const played = { ...world, [Symbol.asyncDispose]: () => alive.disposeAsync() };
  const counted = { pid: client.pid, commits: () => client.ask<number>({ do: "commits" }) };
  return { world: played, pid: client.pid, figures: () => figures(world, counted) };
}

async function figures(world: World, of: { pid: number; commits: () => Promise<number> }) {
  const { calls, deleted } = await world.telegramCounts();
  return { cpu: cpuMs(of.pid), calls, deleted, commits: await of.commits() };
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
async function burst(player: Player, times: number): Promise<Cost> {
  const { world: made, figures } = await play(player, SECOND);
  await using world = made;
  let before = await figures();
  for (let nth = 1; nth <= 1 + times; nth += 1) {
    const messages = Array.from({ length: CHATS }, (_, index) => [FIRST_CHAT + index, `https://x.org/${nth}-${index}`]);
    await world.telegram.ask({ do: "send", messages });
    // The message, its prompt, and the news that it is done.
    await world.telegram.ask({ do: "reached", what: "deleted", count: 3 * CHATS * nth });
    await Bun.sleep(SETTLES_MS);
    if (nth === 1) before = await figures();
  }
  return cost(before, await figures(), CHATS * times);
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
async function trickle(player: Player, seconds: number): Promise<Cost> {
  const { world: made, pid, figures } = await play(player, TICK_MS);
  await using world = made;
  const live = async (second: number) => {
    const chatId = FIRST_CHAT + (second % PEOPLE);
    const lists = [...(second % 5 === 0 ? ["/queue"] : []), ...(second % 20 === 0 ? ["/status"] : [])];
    const messages = [`https://x.org/${second}`, ...lists].map((text) => [chatId, text]);
    await world.telegram.ask({ do: "send", messages });
    await Bun.sleep(SECOND);
  };
  for (let second = 1; second <= WARM_UP_S; second += 1) await live(second);
  const before = await figures();
  using cpu = createFineCpu(pid);
  for (let second = 1; second <= seconds; second += 1) await live(WARM_UP_S + second);
  return { ...cost(before, await figures(), seconds), threads: eachOf(cpu.byThread(), seconds) };
}
