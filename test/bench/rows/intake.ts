import { Database } from "bun:sqlite";
import { join } from "node:path";
import { type Effort, median, type Result, rounded } from "../figures.ts";
import { type Child, startChild } from "../world/child.ts";
import { commits, createFineCpu, eachOf, type ThreadTimes } from "../world/process-figures.ts";
import { inCells, inPercent, PARTS_OF_INTAKE, type Part, profile, type Spent } from "../world/profile.ts";
import { createWorld, FIRST_CHAT, type World } from "../world/world.ts";
import { callsIn } from "./drain.ts";

/*
 * B2: a thousand chats send a link each, all at once → a row and a prompt for each; compared with a client that stores nothing.
 */

const CHATS = 1_000;
const BARE = join(import.meta.dir, "../bare/intake.ts");
/** Bursts in one run: the first one runs the code as it was loaded. */
const BURSTS = 5;
/** Longer than messages share a prompt, so that the next link of a chat gets its own. */
const SETTLES_MS = 6_000;
/** Counted from before the first burst until after its last message. */
const PROFILED_S = 5;

/** One burst. */
interface Burst {
  readonly by: "bot" | "bare";
  readonly nth: number;
  readonly perSecond: number;
  readonly cpuMsPerLink: number;
  /** ms per link. */
  readonly threads: ThreadTimes;
  readonly callsPerLink: number;
  readonly commitsPerLink: number | undefined;
}

/** B2. */
export async function intake({ isShort, rounds }: Effort): Promise<Result> {
  const bursts: Burst[] = [];
  let prompt: object = {};
  for (let round = 0; round < rounds; round += 1) {
    await using world = await createWorld({ people: CHATS });
    const { pid } = await world.startBot({ dispatch: { delay: "1h" } });
    bursts.push(...(await burstsOf(world, { by: "bot", pid, most: isShort ? 2 : BURSTS })));
    prompt = await world.telegram.ask<object>({ do: "latest", method: "sendMessage" });
    await using bare = await createWorld({ people: CHATS });
    await using client = await serving(bare, prompt);
    bursts.push(...(await burstsOf(bare, { by: "bare", pid: client.pid, most: isShort ? 2 : BURSTS })));
  }
  const figures = (by: Burst["by"], isFirst: boolean, figure: (burst: Burst) => number) =>
    median(bursts.filter((one) => one.by === by && (one.nth === 0) === isFirst).map(figure));
  const share = (isFirst: boolean) => {
    const [bot, bare] = (["bot", "bare"] as const).map((by) => figures(by, isFirst, ({ perSecond }) => perSecond));
    return (bot ?? 0) / (bare ?? 0);
  };
  const thread = (by: Burst["by"], isFirst: boolean, of: keyof ThreadTimes) =>
    figures(by, isFirst, ({ threads }) => threads[of]);
  const spent = await profiled();
  const cpu = (isFirst: boolean) => figures("bot", isFirst, ({ cpuMsPerLink }) => cpuMsPerLink);
  return {
    row: "B2",
    title: `${CHATS} chats send a link at once; a row and a prompt for each`,
    head: [
      ...["burst", "by", "links/s", "ms CPU a link", "of that: the event loop", "threads that compile"],
      ...["Bot API calls a link", "commits a link"],
    ],
    lines: [true, false].flatMap((isFirst) =>
      (["bot", "bare"] as const).map((by) => [
        isFirst ? "the first" : "later ones",
        by,
        figures(by, isFirst, ({ perSecond }) => perSecond),
        figures(by, isFirst, ({ cpuMsPerLink }) => cpuMsPerLink),
        thread(by, isFirst, "main"),
        thread(by, isFirst, "compilers"),
        figures(by, isFirst, ({ callsPerLink }) => callsPerLink),
        by === "bare" ? "–" : figures(by, isFirst, ({ commitsPerLink = 0 }) => commitsPerLink),
      ]),
    ),
    verdicts: [
      { what: "share of the bare client, the first burst", measured: share(true), bound: { least: 0.1 } },
      { what: "share of the bare client, later bursts", measured: share(false), bound: { least: 0.1 } },
      { what: "ms CPU a link, the first burst", measured: cpu(true), bound: { most: 1 } },
      { what: "ms CPU a link, later bursts", measured: cpu(false), bound: { most: 1 } },
    ],
    limit: limitOf({
      thread: (isFirst, of) => thread("bot", isFirst, of),
      commits: (isFirst) => figures("bot", isFirst, ({ commitsPerLink = 0 }) => commitsPerLink),
      parts: spent.parts,
    }),
    profile: inCells(spent),
    details: { bursts, prompt },
  };
}

/** The figures of the run in words: the bot's ms and commits per link, and where the first burst's time goes. */
function limitOf(of: {
  thread: (isFirst: boolean, of: keyof ThreadTimes) => number;
  commits: (isFirst: boolean) => number;
  parts: readonly Part[];
}): string {
  const both = (figure: (isFirst: boolean) => number) =>
    `${rounded(figure(true))} instead of ${rounded(figure(false))}`;
  const ms = (thread: keyof ThreadTimes) => both((isFirst) => of.thread(isFirst, thread));
  const spent = of.parts.map(({ what, share }) => `${what} ${inPercent(share)}`).join(", ");
  return [
    "The first burst makes the same calls and stores the same rows as later ones, but with code that is cold. Each of its links takes, in ms of processor time,",
    `${ms("main")} on the event loop, which interprets what has not run often; ${ms("compilers")} on the threads that compile it; ${ms("collectors")} on those that help`,
    `to collect garbage; and ${ms("others")} on others, mainly Bun's HTTP client. Because it is slower, it shares fewer transactions: commits per link are ${both(of.commits)}.`,
    `According to the profile below, of a first burst, its time goes to ${spent}.`,
  ].join("\n");
}

/** Where the time of a first burst goes, in a separate run. */
async function profiled(): Promise<Spent> {
  await using world = await createWorld({ people: CHATS });
  const life = await world.startBot({ dispatch: { delay: "1h" } });
  await Bun.sleep(SETTLES_MS);
  const spent = profile(life, PROFILED_S, PARTS_OF_INTAKE);
  await world.telegram.ask({ do: "send", messages: messagesOf(0) });
  return await spent;
}

/** A link from each chat. */
const messagesOf = (nth: number) =>
  Array.from({ length: CHATS }, (_, index) => [FIRST_CHAT + index, `https://youtube.com/watch?v=${nth}-${index}`]);

async function serving({ root }: World, prompt: object): Promise<Child> {
  const client = await startChild(BARE);
  await client.ask({ do: "serve", root, prompt });
  return client;
}

async function burstsOf(
  world: World,
  { by, pid, most }: { by: Burst["by"]; pid: number; most: number },
): Promise<Burst[]> {
  await Bun.sleep(SETTLES_MS);
  const bursts: Burst[] = [];
  for (let nth = 0; nth < most; nth += 1) {
    const written = by === "bot" ? commits(world.database) : 0;
    using cpu = createFineCpu(pid);
    const before = await world.telegramCounts();
    const startedAt = await world.telegram.ask<number>({ do: "send", messages: messagesOf(nth) });
    const sent = (before.calls.sendMessage ?? 0) + CHATS;
    const endAt = await world.telegram.ask<number>({ do: "reached", what: "sendMessage", count: sent });
    await Bun.sleep(SETTLES_MS);
    const after = await world.telegramCounts();
    if (by === "bot") assertStored(world, (nth + 1) * CHATS);
    bursts.push({
      by,
      nth,
      perSecond: (CHATS * 1000) / (endAt - startedAt),
      cpuMsPerLink: cpu.ms() / CHATS,
      threads: eachOf(cpu.byThread(), CHATS),
      callsPerLink: (callsIn(after.calls) - callsIn(before.calls)) / CHATS,
      commitsPerLink: by === "bot" ? (commits(world.database) - written) / CHATS : undefined,
    });
  }
  return bursts;
}

function assertStored({ database }: World, links: number): void {
  using opened = new Database(database, { readonly: true });
  const row = opened.query<{ stored: number }, []>("select count(prompt_id) as stored from links").get();
  if (row?.stored !== links) throw new Error(`${row?.stored} of ${links} links have a row and a prompt`);
}
