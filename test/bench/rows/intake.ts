import { Database } from "bun:sqlite";
import { join } from "node:path";
import { type Effort, median, type Result } from "../figures.ts";
import { type Child, startChild } from "../world/child.ts";
import { commits, cpuMs } from "../world/process-figures.ts";
import { createWorld, FIRST_CHAT, type World } from "../world/world.ts";
import { callsIn } from "./drain.ts";

/*
 * B2: a thousand chats send a link each, all at once → a row and a prompt for each, beside a client that stores nothing.
 */

const CHATS = 1_000;
const BARE = join(import.meta.dir, "../bare/intake.ts");
/** Bursts in one life: the first one finds the code as it was loaded. */
const BURSTS = 5;
/** Longer than messages share a prompt: a chat's next link is to have its own. */
const SETTLES_MS = 6_000;

/** One burst. */
interface Burst {
  readonly by: "bot" | "bare";
  readonly nth: number;
  readonly perSecond: number;
  readonly cpuMsPerLink: number;
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
  const cpu = (isFirst: boolean) => figures("bot", isFirst, ({ cpuMsPerLink }) => cpuMsPerLink);
  return {
    row: "B2",
    title: `${CHATS} chats send a link at once; a row and a prompt for each`,
    head: ["burst", "by", "links/s", "ms CPU a link", "Bot API calls a link", "commits a link"],
    lines: [true, false].flatMap((isFirst) =>
      (["bot", "bare"] as const).map((by) => [
        isFirst ? "the first" : "later ones",
        by,
        figures(by, isFirst, ({ perSecond }) => perSecond),
        figures(by, isFirst, ({ cpuMsPerLink }) => cpuMsPerLink),
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
    details: { bursts, prompt },
  };
}

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
    const cpu = cpuMs(pid);
    const before = await world.telegramCounts();
    const messages = Array.from({ length: CHATS }, (_, index) => [
      FIRST_CHAT + index,
      `https://youtube.com/watch?v=${nth}-${index}`,
    ]);
    const startedAt = await world.telegram.ask<number>({ do: "send", messages });
    const sent = (before.calls.sendMessage ?? 0) + CHATS;
    const endAt = await world.telegram.ask<number>({ do: "reached", what: "sendMessage", count: sent });
    await Bun.sleep(SETTLES_MS);
    const after = await world.telegramCounts();
    if (by === "bot") assertStored(world, (nth + 1) * CHATS);
    bursts.push({
      by,
      nth,
      perSecond: (CHATS * 1000) / (endAt - startedAt),
      cpuMsPerLink: (cpuMs(pid) - cpu) / CHATS,
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
