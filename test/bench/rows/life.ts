import { join } from "node:path";
import type { LifeGiven } from "../bare/life.ts";
import { type Effort, median, type Result, rounded } from "../figures.ts";
import { startChild } from "../world/child.ts";
import { commits, createFineCpu, eachOf, type ThreadTimes } from "../world/process-figures.ts";
import { inCells, inPercent, PARTS_OF_LIFE, type Part, profile, type Spent } from "../world/profile.ts";
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
/** What everybody does: sends a link now, and reads what has come. */
const PRESSES = { buttons: ["Now", "OK"] };
const PROFILED_S = 20;
/**
 * So many seconds do not count. A link lives for 35 at one a second: after them one comes and one goes in each. What runs once a second
 * has run often enough to be compiled after some minutes.
 */
const WARM_UP_S = { short: 35, whole: 300 };

/** One life: of the bot, or of a client that does as much as the bot did. */
type Player = { readonly by: "bot" } | { readonly by: "bare"; readonly like: Cost };

interface Cost {
  readonly cpuMsPerLink: number;
  readonly callsPerLink: number;
  readonly commitsPerLink: number;
  readonly calls: Readonly<Record<string, number>>;
  /** Of `cpuMsPerLink`. */
  readonly threads: ThreadTimes;
}

/** B7. */
export async function life({ isShort, rounds }: Effort): Promise<Result> {
  const bursts = { bot: [] as Cost[], bare: [] as Cost[] };
  const trickles = { bot: [] as Cost[], bare: [] as Cost[] };
  for (let round = 0; round < rounds; round += 1) {
    const many = await burst({ by: "bot" }, isShort ? 1 : 4);
    bursts.bot.push(many);
    bursts.bare.push(await burst({ by: "bare", like: many }, isShort ? 1 : 4));
    const seconds = { warmUp: isShort ? WARM_UP_S.short : WARM_UP_S.whole, counted: isShort ? 30 : 120 };
    const few = await trickle({ by: "bot" }, seconds);
    trickles.bot.push(few);
    trickles.bare.push(await trickle({ by: "bare", like: few }, seconds));
  }
  const spent = await profiled();
  const of = (costs: readonly Cost[], figure: (cost: Cost) => number) => median(costs.map(figure));
  const cpu = (costs: readonly Cost[]) => of(costs, ({ cpuMsPerLink }) => cpuMsPerLink);
  const lines = (name: string, { bot, bare }: typeof bursts) => [
    line([name, "bot", cpu(bot) / cpu(bare)], bot),
    line([name, "bare", 1], bare),
  ];
  const line = ([name, by, ratio]: readonly [string, string, number], costs: readonly Cost[]) => [
    ...[name, by],
    cpu(costs),
    of(costs, ({ threads }) => threads.main),
    of(costs, ({ threads }) => threads.compilers),
    ratio,
    of(costs, ({ callsPerLink }) => callsPerLink),
    of(costs, ({ commitsPerLink }) => commitsPerLink),
  ];
  return {
    row: "B7",
    title: "a link's whole life: message, prompt, press, dispatch, in work, done, deletions",
    head: [
      ...["how", "by", "ms CPU a link", "of that: the event loop", "threads that compile"],
      ...["beside the bare client", "Bot API calls a link", "commits a link"],
    ],
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
    limit: limitOf({
      burst: (thread) => of(bursts.bot, ({ threads }) => threads[thread]),
      trickle: (thread) => of(trickles.bot, ({ threads }) => threads[thread]),
      parts: spent.parts,
    }),
    profile: inCells(spent),
    details: { bursts, trickles },
  };
}

/** In words, by the figures of the run: ms a link of the bot's threads, and where a burst's time goes. */
function limitOf(of: {
  burst: (thread: keyof ThreadTimes) => number;
  trickle: (thread: keyof ThreadTimes) => number;
  parts: readonly Part[];
}): string {
  const said = (ms: (thread: keyof ThreadTimes) => number) =>
    [
      `the event loop has ${rounded(ms("main"))}`,
      `the threads that compile ${rounded(ms("compilers"))}`,
      `the allocator's ${rounded(ms("allocator"))}`,
      `those that help to collect garbage ${rounded(ms("collectors"))}`,
      `and others, above all that of Bun's HTTP client, ${rounded(ms("others"))}`,
    ].join(", ");
  const spent = of.parts.map(({ what, share }) => `${what} ${inPercent(share)}`).join(", ");
  return [
    "The bare client makes the same calls to Telegram and the servers, and as many commits, each of a single statement; beyond it the",
    "bot reads and writes what has to survive a kill (some sixty statements a link), knows who may do what, draws what is shown, and follows each download.",
    `Of the ms of a link in a burst, ${said(of.burst)}. By the profile below, of later bursts, its time goes to ${spent}.`,
    "One link a second shares nothing with another: no transaction, no call, and code that runs once a second stays interpreted for minutes.",
    `Of the ms of such a link, ${said(of.trickle)}.`,
  ].join("\n");
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
    return { world, pid, commits: async () => commits(world.database) };
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
  return { world: played, pid: client.pid, commits: () => client.ask<number>({ do: "commits" }) };
}

/** What `links` cost that are sent, and done, in `work`. */
async function costOf(
  { world, pid, commits }: Awaited<ReturnType<typeof play>>,
  { links, work }: { links: number; work: () => Promise<void> },
): Promise<Cost> {
  const figures = async () => ({ calls: (await world.telegramCounts()).calls, commits: await commits() });
  const before = await figures();
  using cpu = createFineCpu(pid);
  await work();
  const after = await figures();
  const calls = Object.fromEntries(
    Object.entries(after.calls).map(([method, count]) => [method, count - (before.calls[method] ?? 0)]),
  );
  return {
    cpuMsPerLink: cpu.ms() / links,
    threads: eachOf(cpu.byThread(), links),
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
  const played = await play(player, SECOND);
  await using world = played.world;
  await sendToAll(world, 1);
  const work = async () => {
    for (let nth = 2; nth <= 1 + times; nth += 1) await sendToAll(world, nth);
  };
  return await costOf(played, { links: CHATS * times, work });
}

/** A link from everybody; resolves when everything of it is over. */
async function sendToAll(world: World, nth: number): Promise<void> {
  const messages = Array.from({ length: CHATS }, (_, index) => [FIRST_CHAT + index, `https://x.org/${nth}-${index}`]);
  await world.telegram.ask({ do: "send", messages });
  // The press that sends it, and the one on the news that it is done. Deletions do not tell: that of the message in work is one more.
  await world.telegram.ask({ do: "reached", what: "answerCallbackQuery", count: 2 * CHATS * nth });
  await Bun.sleep(SETTLES_MS);
}

/** Where the time of later bursts goes, in a life of its own. */
async function profiled(): Promise<Spent> {
  const { world: made, bot } = await begin({ dispatch: { interval: "1s" } });
  await using world = made;
  await sendToAll(world, 1);
  const spent = profile(bot, PROFILED_S, PARTS_OF_LIFE);
  for (const nth of [2, 3]) await sendToAll(world, nth);
  return await spent;
}

/** Ten people in turn; one of them looks at the queue every five seconds, and at the servers every twenty. */
async function trickle(player: Player, seconds: { warmUp: number; counted: number }): Promise<Cost> {
  const played = await play(player, TICK_MS);
  await using world = played.world;
  const live = async (second: number) => {
    const chatId = FIRST_CHAT + (second % PEOPLE);
    const lists = [...(second % 5 === 0 ? ["/queue"] : []), ...(second % 20 === 0 ? ["/status"] : [])];
    const messages = [`https://x.org/${second}`, ...lists].map((text) => [chatId, text]);
    await world.telegram.ask({ do: "send", messages });
    await Bun.sleep(SECOND);
  };
  const { warmUp, counted } = seconds;
  for (let second = 1; second <= warmUp; second += 1) await live(second);
  const work = async () => {
    for (let second = 1; second <= counted; second += 1) await live(warmUp + second);
  };
  return await costOf(played, { links: counted, work });
}
