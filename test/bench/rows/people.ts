import { type Effort, median, quantile, type Result } from "../figures.ts";
import { metric } from "../world/metrics.ts";
import { DOWNLOADERS, FIRST_CHAT } from "../world/world.ts";
import { DUE_IN_MS, makeDue, prepareDrain } from "./drain.ts";

/*
 * B8: people who use their chats while B1's drain runs: how long their presses wait for an answer, and how late the event loop gets to
 * what is due.
 */

const PEOPLE = 10;
/** The number of chats whose links are drained; the ids of the people come after theirs. */
const FIRST_PERSON = FIRST_CHAT + 1_000;
const IN_FLIGHT = 16;
/** How often somebody does something; each of the ten does so a tenth as often. */
const EVERY_MS = 100;
/** Each person sends a link and has it sent now. After how many links of theirs they also look at something. */
const LISTS = [
  ["/queue", 5],
  ["/status", 20],
] as const;
/** So that each has the menu of their language by then. */
const GREETING = "/help";

const LIMIT = `The loop is late by the work of one of its turns: a commit for everything that has come, with at most 40 ms of statements and a wait for
the disk; the answers of all calls that came meanwhile; and what follows from each. The busier the machine, the more comes meanwhile.`;

interface Used {
  readonly lagMs: number;
  readonly answers: readonly number[];
  readonly perSecond: number;
}

/** B8. */
export async function people({ isShort, rounds }: Effort): Promise<Result> {
  const links = isShort ? 4_000 : 10_000;
  const used: Used[] = [];
  for (let round = 0; round < rounds; round += 1) used.push(await useWhileDraining(links));
  const of = (figure: (one: Used) => number) => median(used.map(figure));
  const lagMs = of((one) => one.lagMs);
  const slow = of(({ answers }) => quantile(answers, 0.99));
  return {
    row: "B8",
    title: `${PEOPLE} people use the bot while ${links} due links go, ${IN_FLIGHT} in flight`,
    head: ["", "ms"],
    lines: [
      ["how late the event loop is, 99th percentile", lagMs],
      ["until a press is answered, median", of(({ answers }) => median(answers))],
      ["until a press is answered, 99th percentile", slow],
      ["until a press is answered, the slowest", of(({ answers }) => Math.max(...answers))],
    ],
    verdicts: [
      { what: "how late the event loop is, 99th percentile, ms", measured: lagMs, bound: { most: 50 } },
      { what: "until a press is answered, 99th percentile, ms", measured: slow, bound: { most: 200 } },
    ],
    limit: LIMIT,
    details: used,
  };
}

async function useWhileDraining(links: number): Promise<Used> {
  const { world: made } = await prepareDrain(
    links,
    Array.from({ length: PEOPLE }, (_, nth) => FIRST_PERSON + nth),
  );
  await using world = made;
  const { telegram } = world;
  makeDue(world);
  const bot = await world.startBot({ dispatch: { concurrency: IN_FLIGHT / DOWNLOADERS.length, interval: "5s" } });
  await telegram.ask({ do: "press", buttons: ["Now", "OK"] });
  const greetings = Array.from({ length: PEOPLE }, (_, nth) => [FIRST_PERSON + nth, GREETING]);
  await telegram.ask({ do: "send", messages: greetings });
  await Bun.sleep(DUE_IN_MS);
  await metric(bot, LAG);
  const startedAt = performance.now();
  const over = { is: false };
  const drained = telegram.ask({ do: "reached", what: "deleted", count: 2 * links }).then(() => {
    over.is = true;
  });
  for (let nth = 0; !over.is; nth += 1) {
    const chatId = FIRST_PERSON + (nth % PEOPLE);
    const own = Math.floor(nth / PEOPLE);
    const lists = LISTS.flatMap(([command, every]) => (own % every === nth % every ? [command] : []));
    const messages = [`https://x.org/${nth}`, ...lists].map((text) => [chatId, text]);
    await telegram.ask({ do: "send", messages });
    await Promise.race([drained, Bun.sleep(EVERY_MS)]);
  }
  const perSecond = (links * 1000) / (performance.now() - startedAt);
  const lagMs = 1000 * (await metric(bot, LAG));
  return { lagMs, answers: await telegram.ask<number[]>({ do: "answers" }), perSecond };
}

/** Since the previous scrape; measured every tenth of a second, by how late a timer is. */
const LAG = "nodejs_eventloop_lag_p99_seconds";
