import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Life } from "../../support/binary/life.ts";
import type { Durability } from "../bare/durable.ts";
import { type Effort, median, type Result, rounded } from "../figures.ts";
import { startChild } from "../world/child.ts";
import { commits, cpuMs } from "../world/process-figures.ts";
import { inCells, inPercent, type Part, profile, type Spent } from "../world/profile.ts";
import { createStatementCount } from "../world/statements.ts";
import type { Leftover, TelegramCounts } from "../world/telegram.ts";
import { createWorld, DOWNLOADERS, FIRST_CHAT, type World } from "../world/world.ts";

/*
 * B1: links that are due at once → four downloaders, prompts and messages deleted; compared with a bare loop that makes the same calls.
 */

const CHATS = 200;
/** Links of the run whose statements are counted. */
const COUNTED = 1_000;
const IN_FLIGHT = [16, 64] as const;
/** Share of the bare loop's links per second, by how many are in flight. */
const LEAST_SHARE = { 16: 0.6, 64: 0.8 } as const;
const BARE = join(import.meta.dir, "../bare/drain.ts");
/** The bot has started by then. */
export const DUE_IN_MS = 2_500;
/** Counted from before the links are due. */
const PROFILED_S = 8;
/** What is still to be done when the last message is gone. */
const SETTLES_MS = 1_000;

/** `bot, counted`: its statements are counted, which costs time. */
type Subject = "bot" | "bot, counted" | `bare, ${Durability}`;

/** One drain by one subject. */
export interface Drain {
  readonly subject: Subject;
  readonly inFlight: number;
  readonly perSecond: number;
  /** From the last link that was handed over to the last message that was deleted. */
  readonly tailMs: number;
  readonly cpuMsPerLink: number;
  readonly callsPerLink: number;
  /** Undefined for a loop that keeps nothing. */
  readonly commitsPerLink: number | undefined;
  readonly statementsPerLink: number | undefined;
  readonly calls: Readonly<Record<string, number>>;
}

/** B1. */
export async function drain({ isShort, rounds }: Effort): Promise<Result> {
  const links = isShort ? 1_000 : 10_000;
  const durable = ["bare, shared", "bare, shared, drizzle", "bare, single"] as const;
  const subjects: Subject[] = ["bot", "bare, none", ...(isShort ? [] : durable)];
  const drains: Drain[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const inFlight of IN_FLIGHT) {
      for (const subject of subjects) drains.push(await drainBy(subject, { links, inFlight }));
    }
  }
  const { statementsPerLink } = await drainBy("bot, counted", { links: COUNTED, inFlight: IN_FLIGHT[0] });
  const of = (subject: Subject, inFlight: number, figure: (drain: Drain) => number) =>
    median(drains.filter((one) => one.subject === subject && one.inFlight === inFlight).map(figure));
  const share = (subject: Subject, inFlight: number) =>
    of(subject, inFlight, ({ perSecond }) => perSecond) / of("bare, none", inFlight, ({ perSecond }) => perSecond);
  const spent = await profiled(links);
  return {
    row: "B1",
    title: `${links} due links → 4 downloaders, messages deleted`,
    head: [
      "in flight",
      "by",
      "links/s",
      "share of the bare loop",
      "ms from the last link to the last message",
      "ms CPU a link",
      "Bot API calls a link",
      "commits a link",
      "statements a link",
    ],
    lines: IN_FLIGHT.flatMap((inFlight) =>
      subjects.map((subject) => [
        inFlight,
        subject,
        of(subject, inFlight, ({ perSecond }) => perSecond),
        share(subject, inFlight),
        of(subject, inFlight, ({ tailMs }) => tailMs),
        of(subject, inFlight, ({ cpuMsPerLink }) => cpuMsPerLink),
        of(subject, inFlight, ({ callsPerLink }) => callsPerLink),
        subject === "bare, none" ? "–" : of(subject, inFlight, ({ commitsPerLink = 0 }) => commitsPerLink),
        subject === "bot" ? (statementsPerLink ?? "–") : "–",
      ]),
    ),
    verdicts: [
      ...IN_FLIGHT.map((inFlight) => ({
        what: `share of the bare loop, ${inFlight} in flight`,
        measured: share("bot", inFlight),
        bound: { least: LEAST_SHARE[inFlight] },
      })),
      ...IN_FLIGHT.map((inFlight) => ({
        what: `ms CPU a link, ${inFlight} in flight`,
        measured: of("bot", inFlight, ({ cpuMsPerLink }) => cpuMsPerLink),
        bound: { most: 1.5 },
      })),
    ],
    limit: limitOf({ drains, share, parts: spent.parts }),
    profile: inCells(spent),
    details: { drains, statementsPerLink },
  };
}

/** The figures of the run in words. */
function limitOf(of: {
  drains: readonly Drain[];
  share: (subject: Subject, inFlight: number) => number;
  parts: readonly Part[];
}): string {
  const { drains, share, parts } = of;
  const medianOf = (subject: Subject, inFlight: number, figure: (drain: Drain) => number) =>
    median(drains.filter((one) => one.subject === subject && one.inFlight === inFlight).map(figure));
  const cores = IN_FLIGHT.map((inFlight) =>
    rounded(medianOf("bot", inFlight, ({ perSecond, cpuMsPerLink }) => (perSecond * cpuMsPerLink) / 1_000)),
  );
  const takes = IN_FLIGHT.map((inFlight) => {
    const ms = (subject: Subject) => medianOf(subject, inFlight, ({ perSecond }) => 1_000 / perSecond);
    const allowed = ms("bare, none") / LEAST_SHARE[inFlight];
    return `${inFlight} in flight ${rounded(ms("bot"))} ms, where the bound allows ${rounded(allowed)} and the bare loop takes ${rounded(ms("bare, none"))}`;
  });
  const [atFirst] = IN_FLIGHT;
  const perLink = medianOf("bot", atFirst, ({ perSecond }) => 1_000 / perSecond);
  const spent = parts.map((part) => `${part.what} ${rounded(part.share * perLink)} ms (${inPercent(part.share)})`);
  const isDurable = drains.some(({ subject }) => subject === "bare, shared");
  const durable = (subject: Subject) => IN_FLIGHT.map((inFlight) => rounded(share(subject, inFlight))).join(" and ");
  return [
    `An event loop has one core, and the bot kept ${cores.join(" and ")} of a core busy, with ${IN_FLIGHT.join(" and ")} in flight: as far as that is a whole core, the processor time of a link`,
    `is the limit. For each link the bot takes: at ${takes.join("; at ")}.`,
    `Where that time goes, according to the profile at ${atFirst} in flight: ${spent.join(", ")}.`,
    ...(isDurable
      ? [
          `The minimum for the same durable work is the loop *bare, shared*, with statements that are prepared once: ${durable("bare, shared")} of the bare loop;`,
          `with drizzle's statements, also prepared once, it is ${durable("bare, shared, drizzle")}, and neither of them routes, logs, shows or follows anything.`,
        ]
      : []),
    "Telegram's limits do not matter here: while links come in all of these chats, some twenty calls a second tell what is in work, and a call deletes up to a hundred messages.",
    "The real Telegram accepts 30 calls per second in total: there the messages are deleted later, and links do not wait for that.",
  ].join("\n");
}

/** Where the time of a drain goes, in a separate run. */
async function profiled(links: number): Promise<Spent> {
  const { world: made } = await prepareDrain(links);
  await using world = made;
  const { life } = await byBot(world, { inFlight: IN_FLIGHT[0], isCounted: false });
  const spent = profile(life, PROFILED_S);
  await world.telegram.ask<number>({ do: "reached", what: "deleted", count: 2 * links });
  return await spent;
}

/** A world that is ready for a drain; `others` may use the bot as well. */
export async function prepareDrain(links: number, others: readonly number[] = []) {
  const world = await createWorld({ people: CHATS, others });
  const left = await world.telegram.ask<Leftover[]>({
    do: "leave",
    first: FIRST_CHAT,
    chats: CHATS,
    each: links / CHATS,
  });
  const known = left.map((leftover, index) => ({ ...leftover, url: `https://youtube.com/watch?v=${index}` }));
  const now = Date.now();
  world.prepare((store) => {
    for (const { chatId, messageId, promptId, url } of known) {
      const of = { chatId, messageId, threadId: null, sender: "ann", quality: "best", folder: null } as const;
      const link = store.links.add({ ...of, url, key: url.replace("https://", ""), sendAt: now, createdAt: now });
      if (link !== undefined) store.links.update(link.id, { promptId, promptedAt: now });
    }
  });
  return { world, known };
}

async function drainBy(subject: Subject, { links, inFlight }: { links: number; inFlight: number }): Promise<Drain> {
  const { world: made, known } = await prepareDrain(links);
  await using world = made;
  const { drained } = await (subject === "bot" || subject === "bot, counted"
    ? byBot(world, { inFlight, isCounted: subject !== "bot" })
    : byLoop(world, { subject, known, inFlight }));
  const endAt = await world.telegram.ask<number>({ do: "reached", what: "deleted", count: 2 * links });
  await Bun.sleep(SETTLES_MS);
  const { cpu, written, statements } = await drained();
  const { firstAt, lastAt, accepted } = await world.accepted();
  if (accepted !== links || firstAt === null || lastAt === null)
    throw new Error(`${accepted} of ${links} links were accepted`);
  const { calls } = await world.telegramCounts();
  return {
    subject,
    inFlight,
    perSecond: (links * 1000) / (endAt - firstAt),
    tailMs: endAt - lastAt,
    cpuMsPerLink: cpu / links,
    callsPerLink: callsIn(calls) / links,
    commitsPerLink: written === undefined ? undefined : written / links,
    statementsPerLink: statements === undefined ? undefined : statements / links,
    calls,
  };
}

/** It has begun; `drained` resolves with the costs once everything is done. */
interface Begun {
  readonly drained: () => Promise<{ cpu: number; written: number | undefined; statements?: number | undefined }>;
}

/** All links become due soon. */
export function makeDue(world: World): void {
  using database = new Database(world.database, { readwrite: true });
  database.run(`update links set send_at = ${Date.now() + DUE_IN_MS}`);
}

/** Starts the bot; its links become due soon. */
export async function byBot(
  world: World,
  { inFlight, isCounted }: { inFlight: number; isCounted: boolean },
): Promise<Begun & { readonly life: Life }> {
  makeDue(world);
  const count = isCounted ? createStatementCount(world.folder) : undefined;
  const concurrency = inFlight / DOWNLOADERS.length;
  const life = await world.startBot({ dispatch: { concurrency, interval: "5s" } }, count?.env);
  const { pid } = life;
  await Bun.sleep(1_000);
  const figures = () => ({ cpu: cpuMs(pid), written: commits(world.database), statements: count?.read() });
  const before = figures();
  const drained = async () => {
    const after = figures();
    const statements = after.statements === undefined ? undefined : after.statements - (before.statements ?? 0);
    return { cpu: after.cpu - before.cpu, written: after.written - before.written, statements };
  };
  return { drained, life };
}

async function byLoop(
  world: World,
  { subject, known, inFlight }: { subject: `bare, ${Durability}`; known: readonly Leftover[]; inFlight: number },
): Promise<Begun> {
  const loop = await startChild(BARE);
  const durability = subject.replace("bare, ", "");
  const { root, ports, database } = world;
  const before = cpuMs(loop.pid);
  const written = await loop.ask<number>({ do: "drain", root, ports, links: known, inFlight, durability, database });
  const drained = async () => {
    const cpu = cpuMs(loop.pid) - before;
    await loop[Symbol.asyncDispose]();
    return { cpu, written: durability === "none" ? undefined : written };
  };
  return { drained };
}

/** Calls about links: without those for updates, and those that are made once at the start. */
export function callsIn(calls: TelegramCounts["calls"]): number {
  const about = ["sendMessage", "editMessageText", "editMessageReplyMarkup", "deleteMessage", "deleteMessages"];
  return [...about, "answerCallbackQuery", "setMessageReaction"].reduce((sum, name) => sum + (calls[name] ?? 0), 0);
}
