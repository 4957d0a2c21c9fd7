import { join } from "node:path";
import type { LifeGiven, Means } from "../bare/life.ts";
import { type Effort, median, type Result, rounded } from "../figures.ts";
import { startChild } from "../world/child.ts";
import { commits, createFineCpu, eachOf, type ThreadTimes } from "../world/process-figures.ts";
import { inCells, inPercent, PARTS_OF_LIFE, type Part, profile, type Spent } from "../world/profile.ts";
import { createStatementCount } from "../world/statements.ts";
import { createWorld, FIRST_CHAT, type World } from "../world/world.ts";
import { callsIn } from "./drain.ts";

/*
 * B7: what a link costs from its message to the deletion of the last message about it, including a press: many at once, and one per second
 * with people who look at their lists. In turn with the bot runs a bare client that makes as many calls and commits, once with nothing but
 * Bun and once with the bot's libraries and as many statements.
 */

const CHATS = 500;
const PEOPLE = 10;
const SECOND = 1_000;
/** The default of the config. */
const TICK_MS = 5_000;
/** Beyond the deletion of the last message. */
const SETTLES_MS = 2_000;
const BARE = join(import.meta.dir, "../bare/life.ts");
/** What everybody does: sends a link now, and reads what has come. */
const PRESSES = { buttons: ["Now", "OK"] };
/** For how long profiles are taken: of bursts, and of one per second, of which the bot allows no longer one. */
const PROFILED_S = { bursts: 20, trickle: 120 };
/**
 * The seconds of `warmUp` do not count. At one link per second each lives for 35 s; after that, one comes and one goes every second. What
 * runs once a second has run often enough to be compiled after some minutes.
 */
interface Seconds {
  readonly warmUp: number;
  readonly counted: number;
}

const SHORT = { bursts: 1, seconds: { warmUp: 35, counted: 30 } };
const WHOLE = { bursts: 4, seconds: { warmUp: 300, counted: 120 } };

/** Who is measured: the bot, whose statements are counted in a run that is not timed, or a client that does as much as the bot did. */
type Player = { readonly by: "bot"; readonly isCounted?: boolean } | { readonly by: Means; readonly like: PerLink };

type PerLink = LifeGiven["perLink"];

interface Cost {
  readonly cpuMsPerLink: number;
  /** `statements` is 0 if they were not counted. */
  readonly perLink: PerLink;
  readonly calls: Readonly<Record<string, number>>;
  /** Of `cpuMsPerLink`. */
  readonly threads: ThreadTimes;
}

const isCounted = (player: Player) => player.by === "bot" && player.isCounted === true;

const MEANS = ["plain", "libraries"] as const satisfies readonly Means[];
type Costs = Readonly<Record<"bot" | Means, Cost[]>>;
const NAMES = { bot: "bot", plain: "bare", libraries: "bare, the bot's libraries" } as const;

/** B7. */
export async function life({ isShort, rounds }: Effort): Promise<Result> {
  // There are as many statements at first as after minutes.
  const effortOf = (player: Player) => (isShort || isCounted(player) ? SHORT : WHOLE);
  const bursts = await costs(rounds, (player) => burst(player, effortOf(player).bursts));
  const trickles = await costs(rounds, (player) => trickle(player, effortOf(player).seconds));
  const spent = await profiled();
  const trickled = await trickleProfiled(isShort ? SHORT.seconds : WHOLE.seconds);
  const of = (all: readonly Cost[], figure: (cost: Cost) => number) => median(all.map(figure));
  const cpu = (all: readonly Cost[]) => of(all, ({ cpuMsPerLink }) => cpuMsPerLink);
  const lines = (how: string, all: Costs) =>
    (["bot", ...MEANS] as const).map((by) => [how, NAMES[by], ...cells(all, by)]);
  const cells = (all: Costs, by: keyof Costs) => [
    cpu(all[by]),
    of(all[by], ({ threads }) => threads.main),
    of(all[by], ({ threads }) => threads.compilers),
    cpu(all[by]) / cpu(all.plain),
    of(all[by], ({ perLink }) => perLink.calls),
    of(all[by], ({ perLink }) => perLink.commits),
    by === "plain" ? "–" : of(all.libraries, ({ perLink }) => perLink.statements),
  ];
  return {
    row: "B7",
    title: "a link's whole life: message, prompt, press, dispatch, in work, done, deletions",
    head: [
      ...["how", "by", "ms CPU a link", "of that: the event loop", "threads that compile"],
      ...["beside the bare client", "Bot API calls a link", "commits a link", "statements a link"],
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
      byLibraries: {
        ...{ burst: cpu(bursts.libraries), trickle: cpu(trickles.libraries) },
        colder:
          of(trickles.libraries, ({ threads }) => threads.main) / of(bursts.libraries, ({ threads }) => threads.main),
      },
      parts: { burst: spent.parts, trickle: trickled.parts },
    }),
    profile: inCells(spent),
    details: { bursts, trickles },
  };
}

/** Measures each in turn; a client does what the bot has done just before. */
async function costs(rounds: number, lived: (player: Player) => Promise<Cost>): Promise<Costs> {
  const all: Costs = { bot: [], plain: [], libraries: [] };
  const { statements } = (await lived({ by: "bot", isCounted: true })).perLink;
  for (let round = 0; round < rounds; round += 1) {
    const bot = await lived({ by: "bot" });
    all.bot.push(bot);
    for (const by of MEANS) {
      const like = { ...bot.perLink, statements };
      const cost = await lived({ by, like });
      all[by].push({ ...cost, perLink: { ...cost.perLink, statements } });
    }
  }
  return all;
}

/** Parts of a profile that are about storing, and about talking to others. */
const KEPT: ReadonlySet<string> = new Set(["statements", "commits", "calls to Telegram", "gRPC"]);

/** The figures of the run in words: ms per link of the bot's threads, and where a burst's time goes. */
function limitOf(of: {
  burst: (thread: keyof ThreadTimes) => number;
  trickle: (thread: keyof ThreadTimes) => number;
  /** ms per link; `colder`: how many times more time the event loop needs at one per second. */
  byLibraries: { readonly burst: number; readonly trickle: number; readonly colder: number };
  /** Of profiles, which also count how long commits wait for the disk. */
  parts: { readonly burst: readonly Part[]; readonly trickle: readonly Part[] };
}): string {
  const said = (ms: (thread: keyof ThreadTimes) => number) =>
    [
      `the event loop has ${rounded(ms("main"))}`,
      `the threads that compile ${rounded(ms("compilers"))}`,
      `the allocator's ${rounded(ms("allocator"))}`,
      `those that help to collect garbage ${rounded(ms("collectors"))}`,
      `and others, above all that of Bun's HTTP client, ${rounded(ms("others"))}`,
    ].join(", ");
  const spent = (parts: readonly Part[]) => parts.map(({ what, share }) => `${what} ${inPercent(share)}`).join(", ");
  const shareKept = (parts: readonly Part[]) =>
    parts.filter(({ what }) => KEPT.has(what)).reduce((sum, { share }) => sum + share, 0);
  const beside = (ms: (thread: keyof ThreadTimes) => number) =>
    (["compilers", "allocator", "collectors", "others"] as const).reduce((sum, thread) => sum + ms(thread), 0);
  const kept = shareKept(of.parts.burst) * of.burst("main");
  const ofTrickle = withoutCommits(of.parts.trickle);
  // Commits, whose time on the processor is unknown, belong to it as well: so it is at least that.
  const keptOfTrickle = shareKept(ofTrickle) * of.trickle("main");
  return [
    "The bare client makes the same calls to Telegram and the servers, and as many commits, each with a single statement. With the libraries that the",
    `bot uses, and as many statements, the same takes ${rounded(of.byLibraries.burst)} ms all at once and ${rounded(of.byLibraries.trickle)} ms at one per second.`,
    "Beyond that, the bot knows who may do what, decides whom a link goes to, draws what is shown, and follows each download.",
    `Of the ms of a link in a burst, ${said(of.burst)}. According to the profile below, of later bursts, its time goes to ${spent(of.parts.burst)}:`,
    `storing and talking to others alone takes ${rounded(kept)} ms, and Bun's other threads take ${rounded(beside(of.burst))} ms. A bot that did`,
    `nothing else on the event loop would still take ${rounded(kept + beside(of.burst))} ms.`,
    "At one link per second nothing is shared: no transaction, no call; and code that runs once a second stays interpreted for minutes:",
    `on the event loop the bot needs ${rounded(of.trickle("main") / of.burst("main"))} times as much as in a burst, and the libraries alone ${rounded(of.byLibraries.colder)} times.`,
    `Of the ms of such a link, ${said(of.trickle)}.`,
    `According to a profile of two minutes, apart from commits, which mostly wait for the disk, the event loop's time goes to ${spent(ofTrickle)}:`,
    `storing and talking to others takes at least ${rounded(keptOfTrickle)} ms, and Bun's other threads take ${rounded(beside(of.trickle))} ms.`,
    `A bot that did nothing else on the event loop would still take ${rounded(keptOfTrickle + beside(of.trickle))} ms.`,
  ].join("\n");
}

/** A profile's parts as shares of what is not commits. */
function withoutCommits(parts: readonly Part[]): readonly Part[] {
  const others = parts.filter(({ what }) => what !== "commits");
  const total = others.reduce((sum, { share }) => sum + share, 0);
  return others.map(({ what, share }) => ({ what, share: share / total }));
}

async function begin(config: Readonly<Record<string, unknown>>, { counts = false } = {}) {
  const world = await createWorld({ people: CHATS });
  for (const downloader of world.downloaders) await downloader.ask({ do: "works" });
  world.prepare(() => undefined);
  const count = counts ? createStatementCount(world.folder) : undefined;
  const bot = await world.startBot(config, count?.env);
  await world.telegram.ask({ do: "press", ...PRESSES });
  await Bun.sleep(SECOND);
  return { world, bot, pid: bot.pid, statements: () => count?.read() ?? 0 };
}

/** The bot or the client, in a separate world. */
async function play(player: Player, tickMs: number) {
  if (player.by === "bot") {
    const config = { dispatch: { interval: `${tickMs}ms` } };
    const { world, pid, statements } = await begin(config, { counts: isCounted(player) });
    return { world, pid, statements, commits: async () => commits(world.database) };
  }
  await using parts = new AsyncDisposableStack();
  const world = parts.use(await createWorld({ people: CHATS }));
  for (const downloader of world.downloaders) await downloader.ask({ do: "works" });
  const client = parts.use(await startChild(BARE));
  // With the bot's tables.
  world.prepare(() => undefined);
  const database = player.by === "plain" ? join(world.folder, "bare.db") : world.database;
  const given: LifeGiven = {
    ...{ means: player.by, root: world.root, ports: world.ports, database, tickMs, perLink: player.like },
  };
  await client.ask({ do: "serve", ...given });
  await world.telegram.ask({ do: "press", ...PRESSES });
  await Bun.sleep(SECOND);
  const alive = parts.move();
  const played = { ...world, [Symbol.asyncDispose]: () => alive.disposeAsync() };
  return { world: played, pid: client.pid, statements: () => 0, commits: () => client.ask<number>({ do: "commits" }) };
}

/** What the links cost that are sent and done in `work`. */
async function costOf(
  { world, pid, commits, statements }: Awaited<ReturnType<typeof play>>,
  { links, work }: { links: number; work: () => Promise<void> },
): Promise<Cost> {
  const figures = async () => ({
    calls: (await world.telegramCounts()).calls,
    commits: await commits(),
    statements: statements(),
  });
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
    perLink: {
      calls: callsIn(calls) / links,
      commits: (after.commits - before.commits) / links,
      statements: (after.statements - before.statements) / links,
    },
    calls,
  };
}

/**
 * Everybody sends a link, and again each time that everything about the links before is over. The first time, when the code is new, does
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

/** A link from everybody; resolves when everything about them is over. */
async function sendToAll(world: World, nth: number): Promise<void> {
  const messages = Array.from({ length: CHATS }, (_, index) => [FIRST_CHAT + index, `https://x.org/${nth}-${index}`]);
  await world.telegram.ask({ do: "send", messages });
  // One press sends it, another one is on the news that it is done. Deletions do not show it: the message about what is in work adds one.
  await world.telegram.ask({ do: "reached", what: "answerCallbackQuery", count: 2 * CHATS * nth });
  await Bun.sleep(SETTLES_MS);
}

/** Where the time of later bursts goes, in a separate run. */
async function profiled(): Promise<Spent> {
  const { world: made, bot } = await begin({ dispatch: { interval: "1s" } });
  await using world = made;
  await sendToAll(world, 1);
  const spent = profile(bot, PROFILED_S.bursts, PARTS_OF_LIFE);
  for (const nth of [2, 3]) await sendToAll(world, nth);
  return await spent;
}

/** Where the time goes at one per second, in a separate run. */
async function trickleProfiled({ warmUp }: Seconds): Promise<Spent> {
  const { world: made, bot } = await begin({ dispatch: { interval: `${TICK_MS}ms` } });
  await using world = made;
  await sendInTurn(world, { from: 1, to: warmUp });
  const spent = profile(bot, PROFILED_S.trickle, PARTS_OF_LIFE);
  await sendInTurn(world, { from: warmUp + 1, to: warmUp + PROFILED_S.trickle });
  return await spent;
}

async function trickle(player: Player, { warmUp, counted }: Seconds): Promise<Cost> {
  const played = await play(player, TICK_MS);
  await using world = played.world;
  await sendInTurn(world, { from: 1, to: warmUp });
  const work = () => sendInTurn(world, { from: warmUp + 1, to: warmUp + counted });
  return await costOf(played, { links: counted, work });
}

/** One link per second. Ten people in turn; one of them looks at the queue every five seconds, and at the servers every twenty. */
async function sendInTurn(world: World, { from, to }: { from: number; to: number }): Promise<void> {
  for (let second = from; second <= to; second += 1) {
    const chatId = FIRST_CHAT + (second % PEOPLE);
    const lists = [...(second % 5 === 0 ? ["/queue"] : []), ...(second % 20 === 0 ? ["/status"] : [])];
    const messages = [`https://x.org/${second}`, ...lists].map((text) => [chatId, text]);
    await world.telegram.ask({ do: "send", messages });
    await Bun.sleep(SECOND);
  }
}
